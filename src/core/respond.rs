//! HTTP answers out of envelopes and errors. Which error becomes which answer: see [`super::error`].

use std::io::{self, Write};

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};

use super::envelope::{ERROR, Envelope, Status, StatusOnly};
use super::error::{Code, Ended, Error, Outcome, Refusal, SOMETHING_WENT_WRONG};
use super::text::drop_bidi_controls;

/// Bytes of the largest answer.
const LARGEST: usize = 32 * 1024 * 1024;

/// Body of [`status_only`].
pub fn status_only_body(code: Code, message: &'static str) -> Vec<u8> {
    let refusal = Refusal::new(code, message);
    let body = StatusOnly { status: Status::failure(ERROR, refusal) };
    serde_json::to_vec(&body).unwrap_or_default()
}

/// HTTP answer with the status envelope only; status value `ERROR`.
pub fn status_only(status: StatusCode, code: Code, message: &'static str) -> HttpResponse {
    refusal_only(status, Refusal::new(code, message))
}

fn refusal_only(status: StatusCode, refusal: Refusal) -> HttpResponse {
    let outcome = Outcome::of(refusal.code);
    let body = StatusOnly { status: Status::failure(ERROR, refusal.clone()) };
    let answer = HttpResponseBuilder::new(status).json(body);
    ended(answer, Ended { outcome, value: ERROR, refusal, is_told: false })
}

/// HTTP answer to an error of a route whose answers are of type `T`.
pub fn error<T: Envelope>(error: &Error) -> HttpResponse {
    match error {
        Error::TimedOut => refusal_only(StatusCode::GATEWAY_TIMEOUT, error.public()),
        Error::Overloaded => {
            let mut answer = refusal_only(StatusCode::SERVICE_UNAVAILABLE, error.public());
            answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static("1"));
            answer
        }
        Error::Rejected(_) => refusal_only(StatusCode::OK, error.public()),
        Error::Refused(_) | Error::Internal { .. } => failed::<T>(T::FAILURE, error),
    }
}

/// HTTP answer of a route whose answers are of type `T` to a commit that failed.
pub fn uncommitted<T: Envelope>(error: &Error) -> HttpResponse {
    match error {
        Error::TimedOut => refusal_only(StatusCode::GATEWAY_TIMEOUT, error.public()),
        _ => failed::<T>(ERROR, error),
    }
}

fn failed<T: Envelope>(value: &'static str, error: &Error) -> HttpResponse {
    let refusal = error.public();
    let answer = HttpResponse::Ok().json(T::failed(Status::failure(value, refusal.clone())));
    let is_told = matches!(error, Error::Internal { .. });
    ended(answer, Ended { outcome: error.into(), value, refusal, is_told })
}

fn ended(mut answer: HttpResponse, ended: Ended) -> HttpResponse {
    answer.extensions_mut().insert(ended);
    answer
}

/// HTTP answer to a panic of a module.
pub fn panicked() -> HttpResponse {
    let mut answer = status_only(StatusCode::OK, Code::Internal, SOMETHING_WENT_WRONG);
    if let Some(ended) = answer.extensions_mut().get_mut::<Ended>() {
        ended.is_told = true;
    }
    answer
}

/// Body of an answer, serialised, without what turns the direction of text.
///
/// # Errors
/// A value that JSON cannot carry, or an answer of more than 32 MiB, which is a list without bounds.
pub fn body<T: Envelope>(answer: &T) -> Result<Vec<u8>, Error> {
    let mut body = Bounded(Vec::with_capacity(128));
    let written = serde_json::to_writer(&mut body, answer);
    written.map_err(|error| Error::internal("answer", error))?;
    Ok(drop_bidi_controls(body.0))
}

/// A body that does not grow without end.
struct Bounded(Vec<u8>);

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.0.len() + bytes.len() > LARGEST {
            return Err(io::Error::other("answer too large"));
        }
        self.0.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// HTTP 200 with a serialised envelope.
pub fn json(body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok().content_type(ContentType::json()).body(body)
}

#[cfg(test)]
mod tests {
    use serde::Serialize;

    use super::*;

    #[test]
    fn no_answer_grows_without_end() {
        #[derive(Serialize)]
        struct Long(String);
        impl Envelope for Long {
            const FAILURE: &'static str = ERROR;
            fn failed(_: Status) -> Self {
                Self(String::new())
            }
        }
        assert!(body(&Long("x".repeat(LARGEST - 2))).is_ok());
        assert!(body(&Long("x".repeat(LARGEST))).is_err());
    }
}
