//! Outermost layer: no panic closes a connection, no answer leaves without the envelope.

use std::panic::AssertUnwindSafe;
use std::time::Instant;

use actix_web::body::{BoxBody, MessageBody};
use actix_web::dev::{ServiceRequest, ServiceResponse};
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::http::header::{CONTENT_TYPE, HeaderMap};
use actix_web::middleware::Next;
use actix_web::{Error, HttpMessage, web};
use futures_util::FutureExt as _;
use uuid::Uuid;

use super::context::{RequestId, mark};
use crate::core::error::SOMETHING_WENT_WRONG;
use crate::core::respond::status_only;
use crate::core::stores::Stores;
use crate::core::work::Started;

/// Marks an answer whose body must stay as it is (heartbeat, proxied answers).
pub struct KeepBody;

/// Middleware: gives the request its id and start time, catches panics of everything inside and
/// puts every error answer into the envelope.
///
/// # Errors
/// None of its own: errors of inner layers become answers.
pub async fn recover<B: MessageBody + 'static>(
    request: ServiceRequest,
    next: Next<B>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let id = Uuid::new_v4();
    request.extensions_mut().insert(RequestId(id));
    request.extensions_mut().insert(Started(Instant::now()));
    let stores = request.app_data::<web::Data<Stores>>().cloned();
    match AssertUnwindSafe(next.call(request)).catch_unwind().await {
        Ok(Ok(answer)) => Ok(enveloped(answer.map_into_boxed_body())),
        Ok(Err(error)) => {
            let status = error.as_response_error().status_code();
            Err(failure(status, id))
        }
        Err(_) => {
            if let Some(stores) = stores {
                stores.metrics.panics.inc();
            }
            tracing::error!(request_id = %id, "gateway panicked");
            Err(failure(StatusCode::INTERNAL_SERVER_ERROR, id))
        }
    }
}

fn failure(status: StatusCode, id: Uuid) -> Error {
    let mut answer = status_only(status, message(status));
    mark(answer.headers_mut(), id);
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
    let mut new = status_only(status, message(status));
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

fn message(status: StatusCode) -> &'static str {
    match status {
        StatusCode::UNAUTHORIZED => "UnAuthorized Access",
        StatusCode::NOT_FOUND => "not found",
        StatusCode::METHOD_NOT_ALLOWED => "method not allowed",
        StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => "request timed out",
        StatusCode::PAYLOAD_TOO_LARGE => "request body too large",
        StatusCode::SERVICE_UNAVAILABLE => "service unavailable",
        status if status.is_server_error() => SOMETHING_WENT_WRONG,
        _ => "invalid Request",
    }
}
