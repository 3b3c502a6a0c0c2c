//! What the error tracker is told about the request in which something went wrong.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Instant;

use actix_web::http::StatusCode;
use actix_web::http::header::HeaderMap;
use futures_util::future::Either;
use sentry::protocol::Event;
use sentry::{Hub, Level, SentryFutureExt as _};
use uuid::Uuid;

use crate::core::caller::Caller;
use crate::core::error::{Ended, Outcome};
use crate::core::telemetry::{SlowRequest, stated};

/// Headers of the client that become tags.
const TAGS: [&str; 4] =
    ["x-apollo-operation-name", "x-bb-version", "x-bb-clientid", "x-bb-channelid"];
/// Most answers that are reported in a second: clients can make refusals as they like.
const PER_SECOND: u64 = 20;

/// Tags and makes error reports, where there is an error tracker.
pub struct ErrorReports {
    has_tracker: bool,
    started: Instant,
    /// The second in the upper half, the reports in it in the lower one.
    reported: AtomicU64,
}

impl ErrorReports {
    /// For the error tracker that the process has by now.
    pub fn new() -> Self {
        let has_tracker = Hub::current().client().is_some();
        Self { has_tracker, started: Instant::now(), reported: AtomicU64::new(0) }
    }

    /// Tags of a request; `None` without an error tracker.
    pub fn tags(&self, headers: &HeaderMap, id: Uuid) -> Option<Arc<Hub>> {
        if !self.has_tracker {
            return None;
        }
        let hub = Hub::new_from_top(Hub::current());
        hub.configure_scope(|scope| {
            scope.set_tag("x-bb-requestid", id);
            for name in TAGS {
                if let Some(value) = headers.get(name).and_then(|value| value.to_str().ok()) {
                    scope.set_tag(name, stated(value));
                }
            }
        });
        Some(Arc::new(hub))
    }

    /// Adds who the caller is to the tags of the request.
    pub fn tag_user(&self, caller: &Caller) {
        if let Some(user) = caller.user_id.filter(|_| self.has_tracker) {
            sentry::configure_scope(|scope| scope.set_tag("userId", user));
        }
    }

    /// Reports error envelopes of HTTP 200 and every answer of 500 and above, but for those whose reason the
    /// log has told at level error, which was a report; at most 20 in a second.
    pub fn report(
        &self,
        hub: &Hub,
        (status, outcome, ended): (StatusCode, Outcome, Option<&Ended>),
        request: impl FnOnce() -> SlowRequest,
    ) {
        let is_failure = status.is_server_error() || status.is_success() && outcome != Outcome::Ok;
        if !is_failure || ended.is_some_and(|ended| ended.is_told) || !self.may_report() {
            return;
        }
        let refused = matches!(outcome, Outcome::Refused | Outcome::Rejected);
        let told = ended.map_or_else(|| status.to_string(), |ended| ended.refusal.text.to_string());
        let kind = ended.map_or("ERROR", |ended| ended.value);
        let mut tags = BTreeMap::from([
            ("type".to_owned(), kind.to_owned()),
            ("outcome".to_owned(), outcome.name().to_owned()),
        ]);
        if let Some(ended) = ended {
            tags.insert("code".to_owned(), ended.refusal.code.name().to_owned());
        }
        let SlowRequest { request_type, request_url, request_body, headers } = request();
        let extra = BTreeMap::from([
            ("request_type".to_owned(), request_type.into()),
            ("request_url".to_owned(), request_url.into()),
            ("request_body".to_owned(), request_body.into()),
            ("headers".to_owned(), serde_json::to_value(headers).unwrap_or_default()),
        ]);
        hub.capture_event(Event {
            message: Some(told),
            level: if refused { Level::Warning } else { Level::Error },
            tags,
            extra,
            ..Event::default()
        });
    }

    fn may_report(&self) -> bool {
        let second = self.started.elapsed().as_secs() << 32;
        let next = |known: u64| match known {
            known if known & !u64::from(u32::MAX) != second => Some(second + 1),
            known if known - second < PER_SECOND => Some(known + 1),
            _ => None,
        };
        self.reported.fetch_update(Ordering::Relaxed, Ordering::Relaxed, next).is_ok()
    }
}

/// Runs `inside` so that its error reports carry tags of the request.
pub fn tagged<T>(
    tags: Option<Arc<Hub>>,
    inside: impl Future<Output = T>,
) -> impl Future<Output = T> {
    match tags {
        Some(hub) => Either::Left(Box::pin(inside).bind_hub(hub)),
        None => Either::Right(inside),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_flood_of_refusals_makes_no_flood_of_reports() {
        let reports = ErrorReports::new();
        let made = (0..10_000).filter(|_| reports.may_report()).count() as u64;
        assert!((PER_SECOND..=2 * PER_SECOND).contains(&made), "{made}");
    }
}
