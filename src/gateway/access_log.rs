//! One span per request, metrics per route, and the slow log.

use std::borrow::Cow;

use actix_web::body::MessageBody;
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::http::header::{HeaderName, USER_AGENT};
use actix_web::{Error, HttpMessage, HttpRequest};
use sentry::Hub;
use tracing::Span;
use tracing::field::{Empty, Value};
use tracing::level_filters::LevelFilter;
use tracing_actix_web::RootSpanBuilder;
use uuid::Uuid;

use super::Gateway;
use super::arrival::Arrival;
use super::context::{CLIENT_ID, REQUEST_ID, text};
use super::routes::Destination;
use crate::core::body::Body;
use crate::core::caller::Admission;
use crate::core::error::{Ended, Outcome};
use crate::core::telemetry::{
    Answered, SlowRequest, UNMATCHED, cap_body, redact, redact_headers, stated,
};

const CHANNEL: HeaderName = HeaderName::from_static("x-bb-channelid");
const OPERATION: HeaderName = HeaderName::from_static("x-apollo-operation-name");

/// Root span of a request: what every log line inside carries. The pipeline adds the id and, once it
/// is known, the partner.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        tracing::info_span!(
            "request",
            request_id = Empty,
            method = %request.method(),
            path = request.path(),
            partner_id = Empty,
        )
    }

    /// The answer has a log line of its own.
    fn on_request_end<B: MessageBody>(_: Span, _: &Result<ServiceResponse<B>, Error>) {}
}

/// Counts, times, logs and reports an answer.
pub fn observe(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    answer: &ServiceResponse,
    tags: Option<&Hub>,
) {
    let took = arrival.at.elapsed();
    let (request, status) = (answer.request(), answer.status());
    let (head, headers) = (request.head(), request.headers());
    let (channel, client) = (text(headers, &CHANNEL), text(headers, &CLIENT_ID));
    let pattern = match arrival.destination {
        Destination::Upstream(upstream) => Some(Cow::Borrowed(upstream.pattern())),
        _ => request.match_pattern().map(Cow::Owned),
    };
    let extensions = answer.response().extensions();
    let ended = extensions.get::<Ended>();
    let outcome = ended.map_or_else(|| Outcome::of_status(status), |ended| ended.outcome);
    gateway.stores.metrics.routes.observe(
        &Answered {
            route: pattern.as_deref(),
            method: arrival.method,
            status,
            outcome,
            service: arrival.destination.service(),
            stated: [channel, client],
        },
        took,
    );
    macro_rules! log {
        ($level:ident) => {
            tracing::$level!(
                request_id = %arrival.id,
                method = arrival.method,
                path = request.path(),
                partner_id = partner(request),
                took_ms = took.as_millis() as u64,
                code = status.as_u16(),
                outcome = outcome.name(),
                reason = ended.map(|ended| ended.refusal.code.name()),
                route = pattern.as_deref().unwrap_or(UNMATCHED),
                protocol = ?head.version,
                address = gateway.proxies.client(head).map(display),
                client = client.map(stated).as_deref(),
                operation = text(headers, &OPERATION).map(stated).as_deref(),
                user_agent = text(headers, &USER_AGENT).map(stated).as_deref(),
                "answered"
            )
        };
    }
    let is_failure = matches!(outcome, Outcome::Internal | Outcome::Overloaded | Outcome::Timeout);
    if outcome == Outcome::Internal {
        log!(error);
    } else if is_failure || status.is_client_error() {
        log!(warn);
    } else {
        log!(info);
    }
    if let Some(tags) = tags {
        let request = || slow_request(request, arrival.id);
        gateway.error_reports.report(tags, (status, outcome, ended), request);
    }
    if gateway.slow_log.is_slow(took) {
        gateway.slow_log.write(took, &slow_request(request, arrival.id));
    }
}

/// Partner of an admitted caller.
fn partner(request: &HttpRequest) -> Option<i64> {
    request.extensions().get::<Admission>()?.caller.partner_id
}

/// Adds to the root span of the request, where there is one.
pub fn record(field: &'static str, value: impl Value) {
    if LevelFilter::current() >= LevelFilter::INFO {
        Span::current().record(field, value);
    }
}

/// Logs the body of an answer. One that streams, or that holds tokens, stays unread.
pub fn log_body(arrival: &Arrival<'_>, answer: ServiceResponse) -> ServiceResponse {
    if arrival.destination.is_identity() {
        return answer;
    }
    answer.map_body(|_, body| match body.try_into_bytes() {
        Ok(bytes) => {
            tracing::info!(request_id = %arrival.id, body = cap_body(&bytes), "answer");
            bytes.boxed()
        }
        Err(stream) => stream,
    })
}

fn slow_request(request: &HttpRequest, id: Uuid) -> SlowRequest {
    let extensions = request.extensions();
    let body = extensions.get::<Body>().map(|body| cap_body(body)).unwrap_or_default();
    let mut headers = redact_headers(request.headers());
    headers.insert(REQUEST_ID.to_string(), vec![id.to_string()]);
    SlowRequest {
        request_type: request.method().to_string(),
        request_url: redact(&request.uri().to_string()).into_owned(),
        request_body: body,
        headers,
    }
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use actix_web::HttpResponse;
    use actix_web::test::TestRequest;

    use super::*;
    use crate::core::config::Config;
    use crate::gateway::routes::Services;
    use crate::modules::Modules;

    #[actix_web::test]
    async fn a_body_that_was_logged_is_still_sent() {
        let config = Config::from_toml("").expect("defaults");
        let services = Services::new(&Modules::new(&config).expect("modules").all);
        let identity = services.of("/identity-service/").expect("a module");
        for destination in [Destination::Module(identity), Destination::Elsewhere] {
            let arrival = Arrival {
                id: Uuid::nil(),
                at: Instant::now(),
                destination,
                method: "GET",
                origin: None,
            };
            let request = TestRequest::get().to_srv_request();
            let answer = request.into_response(HttpResponse::Ok().body("text"));
            let logged = log_body(&arrival, answer);
            let sent = actix_web::body::to_bytes(logged.into_body()).await.expect("a body");
            assert_eq!(sent, "text");
        }
    }
}
