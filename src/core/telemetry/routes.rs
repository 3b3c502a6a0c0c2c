//! The counters of a route, resolved once instead of by their labels for every request.

use std::sync::Arc;
use std::time::Duration;

use actix_web::http::{Method, StatusCode};
use prometheus::{Histogram, HistogramVec, IntCounter, IntCounterVec};
use quick_cache::Equivalent;
use quick_cache::sync::Cache;

use crate::core::config::MetricsConfig;
use crate::core::error::Outcome;

/// Label of requests that match no route.
pub const UNMATCHED: &str = "unmatched";
/// Label value for client input that is not one of the expected ones.
const OTHER: &str = "other";
/// Routes × methods × statuses × outcomes in use; more cost a look-up by labels.
const KEPT: usize = 4096;

/// What an answer is counted under.
#[derive(Debug, Clone, Copy)]
pub struct Answered<'a> {
    /// Route template; `None` when no route matches.
    pub route: Option<&'a str>,
    /// [`method_label`] of the request.
    pub method: &'static str,
    /// Status of the answer.
    pub status: StatusCode,
    /// How the request ended.
    pub outcome: Outcome,
    /// Service prefix of the path, without slashes.
    pub service: Option<&'a str>,
    /// The client's channel and id, as it states them.
    pub stated: [Option<&'a str>; 2],
}

/// Counts answers by route.
pub struct RouteMetrics {
    requests: IntCounterVec,
    durations: HistogramVec,
    services: IntCounterVec,
    answers: IntCounterVec,
    answer_seconds: HistogramVec,
    /// Channels and client ids that have labels of their own; the first stands for all others.
    named: [Vec<String>; 2],
    counters: Cache<Key, Arc<Counters>>,
}

struct Counters {
    requests: IntCounter,
    durations: Histogram,
    service: Option<IntCounter>,
    answers: IntCounter,
    answer_seconds: Histogram,
}

#[derive(Debug, Clone, PartialEq, Eq, Hash)]
struct Key {
    route: Box<str>,
    method: &'static str,
    status: u16,
    outcome: Outcome,
    has_service: bool,
    /// Which of the named channels and client ids.
    named: [usize; 2],
}

#[derive(Hash)]
struct KeyRef<'a> {
    route: &'a str,
    method: &'static str,
    status: u16,
    outcome: Outcome,
    has_service: bool,
    /// Which of the named channels and client ids.
    named: [usize; 2],
}

impl Equivalent<Key> for KeyRef<'_> {
    fn equivalent(&self, key: &Key) -> bool {
        *self.route == *key.route
            && self.method == key.method
            && self.status == key.status
            && self.outcome == key.outcome
            && self.has_service == key.has_service
            && self.named == key.named
    }
}

impl RouteMetrics {
    /// Over counters with the labels `code`, `method`, `path`, and for `services` `method`, `path`,
    /// `channel`, `clientId`, `responseStatus`; for `answers` `route`, `outcome`, and `route` for their
    /// seconds.
    pub(super) fn new(
        named: &MetricsConfig,
        [requests, services, answers]: [IntCounterVec; 3],
        [durations, answer_seconds]: [HistogramVec; 2],
    ) -> Self {
        let named = [&named.channels, &named.clients];
        let named = named.map(|names| [&[OTHER.to_owned()], names.as_slice()].concat());
        let counters = Cache::new(KEPT);
        Self { requests, durations, services, answers, answer_seconds, named, counters }
    }

    /// Counts an answer that took so long.
    pub fn observe(&self, answered: &Answered<'_>, took: Duration) {
        let key = KeyRef {
            route: answered.route.unwrap_or(UNMATCHED),
            method: answered.method,
            status: answered.status.as_u16(),
            outcome: answered.outcome,
            has_service: answered.service.is_some(),
            named: [0, 1].map(|label| self.name(label, answered.stated[label])),
        };
        let counters = self.counters.get(&key).unwrap_or_else(|| self.resolve(&key, answered));
        counters.requests.inc();
        counters.durations.observe(took.as_secs_f64() * 1000.0);
        counters.answers.inc();
        counters.answer_seconds.observe(took.as_secs_f64());
        if let Some(service) = &counters.service {
            service.inc();
        }
    }

    /// Place of the stated value among the named ones.
    fn name(&self, label: usize, stated: Option<&str>) -> usize {
        let place = |stated| self.named[label].iter().position(|name| name == stated);
        stated.and_then(place).unwrap_or_default()
    }

    fn resolve(&self, key: &KeyRef<'_>, answered: &Answered<'_>) -> Arc<Counters> {
        let labels = [answered.status.as_str(), key.method, key.route];
        let service = answered.service.map(|service| {
            let path = key.route.strip_prefix('/').and_then(|path| path.strip_prefix(service));
            let status = answered.status.to_string();
            let [channel, client] = [0, 1].map(|label| &*self.named[label][key.named[label]]);
            let labels = [key.method, path.unwrap_or(UNMATCHED), channel, client, &status];
            self.services.with_label_values(&labels)
        });
        let counters = Arc::new(Counters {
            requests: self.requests.with_label_values(&labels),
            durations: self.durations.with_label_values(&labels),
            service,
            answers: self.answers.with_label_values(&[key.route, key.outcome.name()]),
            answer_seconds: self.answer_seconds.with_label_values(&[key.route]),
        });
        let owned = Key {
            route: key.route.into(),
            method: key.method,
            status: key.status,
            outcome: key.outcome,
            has_service: key.has_service,
            named: key.named,
        };
        self.counters.insert(owned, Arc::clone(&counters));
        counters
    }
}

/// A client may send any method: only the known ones become labels.
pub fn method_label(method: &Method) -> &'static str {
    match *method {
        Method::GET => "GET",
        Method::POST => "POST",
        Method::PUT => "PUT",
        Method::DELETE => "DELETE",
        Method::PATCH => "PATCH",
        Method::HEAD => "HEAD",
        Method::OPTIONS => "OPTIONS",
        _ => OTHER,
    }
}

#[cfg(test)]
mod tests {
    use crate::core::telemetry::Metrics;

    use super::*;

    #[test]
    fn answers_are_counted_by_template_and_known_methods() {
        let named = MetricsConfig { channels: vec!["web".into()], clients: vec!["app".into()] };
        let metrics = Metrics::new(Duration::from_secs(1), &named).expect("registers");
        let route = Some("/content-service/api/{id}");
        let strange = Method::from_bytes(b"BREW").expect("a method");
        for (method, route, stated) in [
            (&Method::GET, route, [None, Some("x")]),
            (&Method::GET, route, [Some(""), None]),
            (&Method::GET, route, [Some("web"), Some("app")]),
            (&strange, None, [None, None]),
        ] {
            let (status, service) = (StatusCode::OK, Some("content-service"));
            let method = method_label(method);
            let outcome = Outcome::Refused;
            let answered = Answered { route, method, status, outcome, service, stated };
            metrics.routes.observe(&answered, Duration::ZERO);
        }
        let text = String::from_utf8(metrics.render().expect("renders")).expect("text");
        for line in [
            r#"chi_pattern_requests_total{code="200",method="GET",path="/content-service/api/{id}",service="coffee"} 3"#,
            r#"chi_pattern_requests_total{code="200",method="other",path="unmatched",service="coffee"} 1"#,
            r#"requests_winkl{channel="web",clientId="app",method="GET",path="/api/{id}",responseStatus="200 OK",service="coffee"} 1"#,
            r#"requests_winkl{channel="other",clientId="other",method="GET",path="/api/{id}",responseStatus="200 OK",service="coffee"} 2"#,
            r#"coffee_answers_total{outcome="refused",route="/content-service/api/{id}",service="coffee"} 3"#,
            r#"coffee_answer_seconds_bucket{route="unmatched",service="coffee",le="0.001"} 1"#,
        ] {
            assert!(text.contains(line), "{line}\n{text}");
        }
    }
}
