//! The answer envelope: `{"status": {…}, "<payload key>": …}`, built here and nowhere else. Which error
//! becomes which answer: see [`super::error`].

use std::borrow::Cow;
use std::io::{self, Write};

use actix_web::http::StatusCode;
use actix_web::http::header::{ContentType, HeaderValue, RETRY_AFTER};
use actix_web::{HttpResponse, HttpResponseBuilder};
use chrono::NaiveDate;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::error::{Code, Ended, Error, Outcome, Refusal, SOMETHING_WENT_WRONG};
use super::query::Page;

/// Error value of requests that were not understood, and of some modules.
pub const ERROR: &str = "ERROR";
/// Error value of the modules that answer business errors as `500`.
pub const FAILURE_500: &str = "500";
const SUCCESS: &str = "SUCCESS";
/// Bytes of the largest answer.
const LARGEST: usize = 32 * 1024 * 1024;

/// Outcome of an operation; empty members are left out.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// `SUCCESS`, `ERROR` or `500`.
    pub status: &'static str,
    /// Text for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Rows that match, over all pages; −1 where counting is off.
    #[serde(skip_serializing_if = "is_zero")]
    pub filtered_count: i64,
    /// Whether `nextCursor` is set.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_next_page: bool,
    /// Number of the next page.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub next_cursor: String,
    /// Id of the logged activity.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub activity_id: Option<i64>,
    /// Why the request was refused or failed, for programs; absent on success.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<Code>,
    /// The parameter, member or filter to blame, where it is a single one.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>)]
    pub field: Option<Cow<'static, str>>,
    /// Day of the business time zone on which a limit that is used up starts again.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<String>, format = Date)]
    pub resets_on: Option<NaiveDate>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}

impl Status {
    /// Success with a count and no further page.
    pub fn success(message: impl Into<String>, filtered_count: i64) -> Self {
        Self { status: SUCCESS, message: message.into(), filtered_count, ..Self::default() }
    }

    /// Success of a page of a list: `rows` were read, `total` match.
    pub fn page(message: impl Into<String>, total: i64, page: Page, rows: usize) -> Self {
        Self::success(message, total).with_next(page.next_cursor(rows))
    }

    /// With the cursor of a further page, if there is one.
    pub fn with_next(mut self, next_cursor: Option<String>) -> Self {
        self.has_next_page = next_cursor.is_some();
        self.next_cursor = next_cursor.unwrap_or_default();
        self
    }

    /// Failure with the given error value.
    pub fn failure(value: &'static str, refusal: Refusal) -> Self {
        let Refusal { code, text, field, resets_on } = refusal;
        let message = text.into_owned();
        Self { status: value, message, code: Some(code), field, resets_on, ..Self::default() }
    }
}

/// Outcome as the identity and partner services write and read it: `type` in place of `status`.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(default)]
pub struct TypedStatus {
    /// `SUCCESS` or `ERROR`.
    #[serde(rename = "type")]
    pub kind: String,
    /// Text for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Why the request was refused or failed, for programs; absent on success. What other services send
    /// is not read.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "unread")]
    pub code: Option<Code>,
    /// The parameter or member to blame, where it is a single one.
    #[serde(skip_serializing_if = "Option::is_none", deserialize_with = "unread")]
    #[schema(value_type = Option<String>)]
    pub field: Option<Cow<'static, str>>,
}

fn unread<'de, D: Deserializer<'de>, T>(deserializer: D) -> Result<Option<T>, D::Error> {
    IgnoredAny::deserialize(deserializer).map(|_| None)
}

impl TypedStatus {
    /// Success.
    pub fn success(message: impl Into<String>) -> Self {
        Self { kind: SUCCESS.to_owned(), message: message.into(), ..Self::default() }
    }

    /// Whether it says success.
    pub fn is_success(&self) -> bool {
        self.kind == SUCCESS
    }
}

impl From<Status> for TypedStatus {
    fn from(status: Status) -> Self {
        let Status { status, message, code, field, .. } = status;
        Self { kind: status.to_owned(), message, code, field }
    }
}

/// The answer of a route: a status and a payload under the route's key.
pub trait Envelope: Serialize {
    /// Error value of business and store errors.
    const FAILURE: &'static str;

    /// The answer to an error: the status with the payload that the route documents for it.
    fn failed(status: Status) -> Self;
}

/// An envelope without payload.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusOnly {
    /// Outcome.
    pub status: Status,
}

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

/// Body of an answer, serialised.
///
/// # Errors
/// A value that JSON cannot carry, or an answer of more than 32 MiB, which is a list without bounds.
pub fn body<T: Envelope>(answer: &T) -> Result<Vec<u8>, Error> {
    let mut body = Bounded(Vec::with_capacity(128));
    let written = serde_json::to_writer(&mut body, answer);
    written.map(|()| body.0).map_err(|error| Error::internal("answer", error))
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
    use super::*;

    #[test]
    fn empty_members_are_left_out() {
        let text = serde_json::to_string(&Status::success("done", 0)).expect("serialises");
        assert_eq!(text, r#"{"status":"SUCCESS","message":"done"}"#);
    }

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

    #[test]
    fn full_page_promises_the_next_one() {
        let page = Page { number: 2, size: 50 };
        let status = Status::page("done", 110, page, 50);
        assert_eq!((status.has_next_page, status.next_cursor.as_str()), (true, "3"));
        let status = Status::page("done", 110, page, 10);
        assert_eq!((status.has_next_page, status.next_cursor.as_str()), (false, ""));
    }
}
