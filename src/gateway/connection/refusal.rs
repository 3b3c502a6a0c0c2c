//! The answer to what never became a request.

use std::time::SystemTime;

use actix_web::http::StatusCode;
use bytes::Bytes;
use uuid::Uuid;

use crate::core::error::Code;
use crate::core::respond;

/// Why bytes never became a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Refusal {
    /// Not HTTP, or not as HTTP has to be written.
    Malformed,
    /// The first line is too long.
    UriTooLong,
    /// Too many headers, or too long ones.
    HeadersTooLarge,
    /// The head was not complete in time.
    TooSlow,
}

impl Refusal {
    pub(super) fn status(self) -> StatusCode {
        match self {
            Self::Malformed => StatusCode::BAD_REQUEST,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::HeadersTooLarge => StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE,
            Self::TooSlow => StatusCode::REQUEST_TIMEOUT,
        }
    }

    fn told(self) -> (Code, &'static str) {
        match self {
            Self::Malformed => (Code::InvalidRequest, "invalid Request"),
            Self::UriTooLong => (Code::InvalidRequest, "request address too long"),
            Self::HeadersTooLarge => (Code::InvalidRequest, "request headers too large"),
            Self::TooSlow => (Code::Timeout, "request timed out"),
        }
    }

    /// What the server's own answer without a body stands for.
    pub(super) fn of_bare(answer: &[u8]) -> Self {
        match answer.get(9..12) {
            Some(b"408") => Self::TooSlow,
            Some(b"431") => Self::HeadersTooLarge,
            _ => Self::Malformed,
        }
    }

    /// The whole answer, after which the connection closes.
    pub(super) fn answer(self, id: Uuid) -> Bytes {
        let status = self.status();
        let (code, message) = self.told();
        let body = respond::status_only_body(code, message);
        let reason = status.canonical_reason().unwrap_or_default();
        let head = format!(
            "HTTP/1.1 {} {reason}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
             connection: close\r\nx-bb-requestid: {id}\r\nx-robots-tag: noindex\r\ndate: {}\r\n\r\n",
            status.as_str(),
            body.len(),
            actix_web::http::header::HttpDate::from(SystemTime::now()),
        );
        Bytes::from([head.as_bytes(), &body].concat())
    }
}

/// Where an answer without a body begins that the server gave by itself, at the end of what it wants to
/// write. The gateway's answers carry headers that these have not.
pub(super) fn bare_answer(written: &[u8]) -> Option<usize> {
    const LONGEST: usize = 256;
    let written_last = written.len().saturating_sub(LONGEST);
    let tail = &written[written_last..];
    if !tail.ends_with(b"\r\n\r\n") {
        return None;
    }
    let start = memchr::memmem::rfind(tail, b"HTTP/1.")?;
    let answer = &tail[start..];
    let is_refusal = answer.get(9) == Some(&b'4');
    let is_ours = memchr::memmem::find(answer, b"x-robots-tag").is_some();
    (is_refusal && !is_ours).then_some(written_last + start)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_servers_own_refusals_are_found() {
        let bare = "HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
        assert_eq!(bare_answer(bare.as_bytes()), Some(0));
        let behind = format!("HTTP/1.1 200 OK\r\n\r\n{{}}{bare}");
        assert_eq!(bare_answer(behind.as_bytes()), Some(behind.len() - bare.len()));
        for other in [
            "HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n",
            "HTTP/1.1 410 Gone\r\ncontent-length: 0\r\nx-robots-tag: noindex\r\n\r\n",
            "{}",
            "",
        ] {
            assert_eq!(bare_answer(other.as_bytes()), None, "{other}");
        }
    }
}
