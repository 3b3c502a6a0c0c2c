//! Owns errors as ClickHouse speaks them over HTTP: the number, the text and the status.

use actix_web::http::StatusCode;
use actix_web::{HttpResponse, ResponseError};

/// An error answer: ClickHouse's error number and its whole text
/// (`Code: 60. DB::Exception: … (UNKNOWN_TABLE)`).
#[derive(Debug, thiserror::Error)]
#[error("{message}")]
pub(super) struct Exception {
    code: u32,
    message: String,
}

impl Exception {
    /// An error of the listener itself, under the number and name ClickHouse gives its like.
    pub(super) fn new(code: u32, name: &str, text: &str) -> Self {
        Self { code, message: format!("Code: {code}. DB::Exception: {text}. ({name})") }
    }

    /// An error that is nobody's request: a bug or a failing machine.
    pub(super) fn internal(text: &str) -> Self {
        Self::new(1002, "UNKNOWN_EXCEPTION", text)
    }

    /// Adopts the engine's text; one without a number counts as UNKNOWN_EXCEPTION.
    pub(super) fn from_engine(message: String) -> Self {
        let code = message
            .strip_prefix("Code: ")
            .and_then(|rest| rest.split_once('.'))
            .and_then(|(code, _)| code.parse().ok());
        match code {
            Some(code) => Self { code, message },
            None => Self::internal(&message),
        }
    }
}

impl ResponseError for Exception {
    /// The status ClickHouse answers with (`src/Server/HTTP/exceptionCodeToHTTPStatus.cpp`).
    fn status_code(&self) -> StatusCode {
        match self.code {
            194 => StatusCode::UNAUTHORIZED,
            192 | 193 | 497 | 512 | 516 => StatusCode::FORBIDDEN,
            6 | 8 | 15 | 25 | 26 | 27 | 36 | 38 | 41 | 44 | 53 | 62 | 72 | 117 | 167 | 168
            | 223 | 321 | 376 | 427 | 441 => StatusCode::BAD_REQUEST,
            46 | 47 | 50 | 56 | 60 | 63 | 73 | 78 | 81 | 115 | 336 | 511 => StatusCode::NOT_FOUND,
            159 => StatusCode::REQUEST_TIMEOUT,
            381 => StatusCode::LENGTH_REQUIRED,
            417 => StatusCode::PAYLOAD_TOO_LARGE,
            48 => StatusCode::NOT_IMPLEMENTED,
            76 | 209 | 439 => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    fn error_response(&self) -> HttpResponse {
        HttpResponse::build(self.status_code())
            .insert_header(("X-ClickHouse-Exception-Code", self.code.to_string()))
            .content_type("text/plain; charset=UTF-8")
            .body(format!("{}\n", self.message))
    }
}
