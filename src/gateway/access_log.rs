//! One span per request, metrics per route, and the slow log.

use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::{HttpMessage, HttpRequest};
use tracing::Span;
use tracing::field::Empty;
use uuid::Uuid;

use super::Gateway;
use super::context::{CLIENT_ID, REQUEST_ID, text};
use super::pipeline::Arrival;
use super::routes::service_prefix;
use crate::core::telemetry::{Answered, SlowRequest, UNMATCHED, cap_body, redact_headers};
use crate::core::work::Body;

/// What every log line inside of a request carries.
pub fn request_span(request: &ServiceRequest, id: Uuid) -> Span {
    tracing::info_span!(
        "request",
        request_id = %id,
        method = %request.method(),
        path = request.path(),
        partner_id = Empty,
    )
}

/// Counts, times and logs an answer.
pub fn observe(gateway: &Gateway, arrival: Arrival, answer: &ServiceResponse) {
    let took = arrival.at.elapsed();
    let (request, status) = (answer.request(), answer.status());
    let path = request.path();
    let service = service_prefix(path).or_else(|| gateway.proxy.prefix(path));
    let pattern = request.match_pattern();
    let route = pattern.as_deref();
    let answered = Answered { route, method: request.method(), status, service };
    gateway.stores.metrics.routes.observe(&answered, took);
    let route = route.unwrap_or(UNMATCHED);
    let took_ms = took.as_millis() as u64;
    let client = text(request.headers(), &CLIENT_ID);
    let code = status.as_u16();
    if status.is_client_error() || status.is_server_error() {
        tracing::warn!(took_ms, client, route, code, "answered");
    } else {
        tracing::info!(took_ms, client, route, code, "answered");
    }
    if gateway.slow_log.is_slow(took) {
        gateway.slow_log.write(took, &slow_request(request, arrival.id));
    }
}

fn slow_request(request: &HttpRequest, id: Uuid) -> SlowRequest {
    let extensions = request.extensions();
    let body = extensions.get::<Body>().map(|body| cap_body(body)).unwrap_or_default();
    let mut headers = redact_headers(request.headers());
    headers.insert(REQUEST_ID.to_string(), vec![id.to_string()]);
    SlowRequest {
        request_type: request.method().to_string(),
        request_url: request.uri().to_string(),
        request_body: body,
        headers,
    }
}
