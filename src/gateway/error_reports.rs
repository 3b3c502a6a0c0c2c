//! What the error tracker is told about the request in which something went wrong.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;
use futures_util::future::Either;
use sentry::{Hub, SentryFutureExt as _};
use uuid::Uuid;

use crate::core::caller::Caller;

/// Headers of the client that become tags.
const TAGS: [&str; 4] =
    ["x-apollo-operation-name", "x-bb-version", "x-bb-clientid", "x-bb-channelid"];

/// Tags error reports, where there is an error tracker.
pub struct ErrorReports {
    has_tracker: bool,
}

impl ErrorReports {
    /// For the error tracker that the process has by now.
    pub fn new() -> Self {
        Self { has_tracker: Hub::current().client().is_some() }
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
                    scope.set_tag(name, value);
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
