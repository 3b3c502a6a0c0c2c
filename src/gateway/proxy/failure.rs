//! Why a request has no answer of the upstream, and what the client gets instead.

use actix_web::HttpResponse;
use actix_web::http::StatusCode;
use actix_web::http::header::{HeaderValue, RETRY_AFTER};

use super::body::BodyRefusal;
use crate::core::error::Code;
use crate::core::respond::status_only;

/// Why an exchange ended before the answer's headers.
#[derive(Debug, thiserror::Error)]
pub(super) enum Failure {
    /// The request cannot be written as it is.
    #[error("request cannot be forwarded")]
    Invalid,
    /// `CONNECT` names no resource.
    #[error("method cannot be forwarded")]
    Method,
    /// The client wants another protocol on this connection.
    #[error("protocol upgrade")]
    Upgrade,
    /// There are too many WebSockets.
    #[error("too many WebSockets")]
    TooManySockets,
    /// The body is longer than allowed.
    #[error("request body too large")]
    TooLarge,
    /// No connection.
    #[error("no connection: {0}")]
    Unreachable(#[from] std::io::Error),
    /// The connection broke, or carried no HTTP.
    #[error("no answer: {0}")]
    Broken(#[from] hyper::Error),
    /// No headers in time.
    #[error("no answer in time")]
    TimedOut,
}

impl From<BodyRefusal> for Failure {
    fn from(refusal: BodyRefusal) -> Self {
        match refusal {
            BodyRefusal::TooLarge => Self::TooLarge,
            BodyRefusal::Broken => Self::Invalid,
        }
    }
}

impl Failure {
    /// The envelope.
    pub(super) fn answer(&self) -> HttpResponse {
        let (status, code, message) = match self {
            Self::Invalid => (StatusCode::BAD_REQUEST, Code::InvalidRequest, "invalid Request"),
            Self::Method => {
                (StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, "method not allowed")
            }
            Self::Upgrade => {
                (StatusCode::NOT_IMPLEMENTED, Code::NotSupported, "upgrade is not supported")
            }
            Self::TooManySockets => {
                let text = "too many connections, try again";
                (StatusCode::SERVICE_UNAVAILABLE, Code::Overloaded, text)
            }
            Self::TooLarge => {
                (StatusCode::PAYLOAD_TOO_LARGE, Code::PayloadTooLarge, "request body too large")
            }
            Self::Unreachable(_) | Self::Broken(_) => {
                (StatusCode::BAD_GATEWAY, Code::UpstreamUnavailable, "upstream unavailable")
            }
            Self::TimedOut => (StatusCode::GATEWAY_TIMEOUT, Code::Timeout, "request timed out"),
        };
        let mut answer = status_only(status, code, message);
        if matches!(self, Self::TooManySockets) {
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("10"));
        }
        answer
    }
}
