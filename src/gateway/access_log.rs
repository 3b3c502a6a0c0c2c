//! One span per request, metrics per route, and the slow log.

use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use tracing::Span;
use tracing_actix_web::RootSpanBuilder;

use super::Gateway;
use super::context::{CLIENT_ID, RequestId, text};
use super::routes::service_prefix;
use crate::core::stores::Stores;
use crate::core::telemetry::{Answered, SlowLog, SlowRequest, UNMATCHED, cap_body, redact_headers};
use crate::core::work::{Body, Started};

/// Root span of a request: what every log line inside carries.
pub struct RequestSpan;

impl RootSpanBuilder for RequestSpan {
    fn on_request_start(request: &ServiceRequest) -> Span {
        let id = request.extensions().get::<RequestId>().map(|id| tracing::field::display(id.0));
        tracing::info_span!(
            "request",
            request_id = id,
            method = %request.method(),
            path = request.path(),
            route = tracing::field::Empty,
            partner_id = tracing::field::Empty,
            status = tracing::field::Empty,
        )
    }

    fn on_request_end<B: MessageBody>(span: Span, outcome: &Result<ServiceResponse<B>, Error>) {
        match outcome {
            Ok(answer) => {
                span.record("route", answer.request().match_pattern());
                span.record("status", answer.status().as_u16());
            }
            Err(error) => {
                span.record("status", error.as_response_error().status_code().as_u16());
            }
        }
    }
}

/// Middleware: counts, times and logs the request.
///
/// # Errors
/// Those of inner layers.
pub async fn observe<B: MessageBody + 'static>(
    stores: web::Data<Stores>,
    gateway: web::Data<Gateway>,
    slow_log: web::Data<SlowLog>,
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let started = request.extensions().get::<Started>().map_or_else(Instant::now, |s| s.0);
    let path = request.path();
    let service = service_prefix(path).or_else(|| gateway.proxy.prefix(path));
    let answer = next.call(request).await?.map_into_boxed_body();
    let took = started.elapsed();
    let request = answer.request();
    let pattern = request.match_pattern();
    let status = answer.status();
    let route = pattern.as_deref();
    let answered = Answered { route, method: request.method(), status, service };
    stores.metrics.routes.observe(&answered, took);
    let route = route.unwrap_or(UNMATCHED);
    let took_ms = took.as_millis() as u64;
    let client = text(request.headers(), &CLIENT_ID);
    let code = status.as_u16();
    if status.is_client_error() || status.is_server_error() {
        tracing::warn!(took_ms, client, route, code, "answered");
    } else {
        tracing::info!(took_ms, client, route, code, "answered");
    }
    if slow_log.is_slow(took) {
        slow_log.write(took, &slow_request(&answer));
    }
    Ok(answer)
}

fn slow_request(answer: &ServiceResponse) -> SlowRequest {
    let request = answer.request();
    let extensions = request.extensions();
    let body = extensions.get::<Body>().map(|body| cap_body(body)).unwrap_or_default();
    SlowRequest {
        request_type: request.method().to_string(),
        request_url: request.uri().to_string(),
        request_body: body,
        headers: redact_headers(request.headers()),
    }
}
