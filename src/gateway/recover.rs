//! Outermost layer: no panic closes a connection, no answer leaves without the envelope.

use std::panic::AssertUnwindSafe;

use actix_web::Error;
use actix_web::dev::ServiceResponse;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use futures_util::FutureExt as _;

use super::arrival::{Answer, Arrival};
use super::keep_body::KeepBody;
use super::{Gateway, context, cors};
use crate::core::error::{Code, Outcome, SOMETHING_WENT_WRONG};
use crate::core::respond::status_only;
use crate::core::telemetry::Answered;

/// Layer: catches panics of everything inside and puts every error answer into the envelope.
///
/// # Errors
/// None that has no answer.
pub fn recover(
    gateway: &Gateway,
    arrival: &Arrival<'_>,
    inside: impl Future<Output = Answer>,
) -> impl Future<Output = Answer> {
    AssertUnwindSafe(inside).catch_unwind().map(move |outcome| match outcome {
        Ok(Ok(answer)) => Ok(enveloped(answer)),
        Ok(Err(error)) => Err(failure(gateway, arrival, error.as_response_error().status_code())),
        Err(_) => {
            gateway.stores.metrics.panics.inc();
            tracing::error!(request_id = %arrival.id, "gateway panicked");
            Err(failure(gateway, arrival, StatusCode::INTERNAL_SERVER_ERROR))
        }
    })
}

/// The answer in place of one that never came, counted like any other.
fn failure(gateway: &Gateway, arrival: &Arrival<'_>, status: StatusCode) -> Error {
    let Arrival { at, destination, method, origin, .. } = *arrival;
    let service = destination.service();
    let outcome = Outcome::of_status(status);
    let answered = Answered { route: None, method, status, outcome, service, stated: [None, None] };
    gateway.stores.metrics.routes.observe(&answered, at.elapsed());
    let (code, message) = told(status);
    let mut answer = status_only(status, code, message);
    context::mark(answer.headers_mut(), arrival);
    cors::mark(answer.headers_mut(), origin);
    InternalError::from_response("failure in the gateway", answer).into()
}

/// Replaces the body of an error answer that does not carry the envelope yet.
fn enveloped(answer: ServiceResponse) -> ServiceResponse {
    let status = answer.status();
    let keep = answer.response().extensions().get::<KeepBody>().is_some();
    if !(status.is_client_error() || status.is_server_error()) || keep || is_json(answer.headers())
    {
        return answer;
    }
    let (request, old) = answer.into_parts();
    let (code, message) = told(status);
    let mut new = status_only(status, code, message);
    for (name, value) in old.headers() {
        if name != CONTENT_TYPE {
            new.headers_mut().append(name.clone(), value.clone());
        }
    }
    ServiceResponse::new(request, new)
}

fn is_json(headers: &HeaderMap) -> bool {
    headers.get(CONTENT_TYPE).is_some_and(|value| value.as_bytes().starts_with(b"application/json"))
}

/// What an answer of that status says when nobody said it better.
fn told(status: StatusCode) -> (Code, &'static str) {
    match status {
        StatusCode::UNAUTHORIZED => (Code::Unauthenticated, "UnAuthorized Access"),
        StatusCode::NOT_FOUND => (Code::NotFound, "not found"),
        StatusCode::METHOD_NOT_ALLOWED => (Code::MethodNotAllowed, "method not allowed"),
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => {
            (Code::Timeout, "request timed out")
        }
        StatusCode::PAYLOAD_TOO_LARGE => (Code::PayloadTooLarge, "request body too large"),
        StatusCode::SERVICE_UNAVAILABLE => (Code::Unavailable, "service unavailable"),
        status if status.is_server_error() => (Code::Internal, SOMETHING_WENT_WRONG),
        _ => (Code::InvalidRequest, "invalid Request"),
    }
}
