//! How a request ended, as operators count it: HTTP 200 says nothing about that.

use actix_web::http::StatusCode;

use super::{Code, Error, Refusal};

/// How a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Answered as asked.
    Ok,
    /// A business rule said no.
    Refused,
    /// It could not be read, or the caller may not ask.
    Rejected,
    /// A rate limit said no.
    Limited,
    /// There was too much to do.
    Overloaded,
    /// It, or its answer, was not complete in time.
    Timeout,
    /// A store, a service or the program failed.
    Internal,
}

/// How an answer that is not what was asked for came about; stays with it for metrics, log and reports.
#[derive(Debug, Clone)]
pub struct Ended {
    /// How the request ended.
    pub outcome: Outcome,
    /// Error value of the answer, `ERROR` or `500`.
    pub value: &'static str,
    /// What the client was told.
    pub refusal: Refusal,
    /// Whether the log has told the reason at level error, and with it the error tracker.
    pub is_told: bool,
}

impl Outcome {
    /// Value of the label.
    pub fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Refused => "refused",
            Self::Rejected => "rejected",
            Self::Limited => "limited",
            Self::Overloaded => "overloaded",
            Self::Timeout => "timeout",
            Self::Internal => "internal",
        }
    }

    /// Of an answer that carries this code and no module gave.
    pub fn of(code: Code) -> Self {
        match code {
            Code::RateLimited => Self::Limited,
            Code::Overloaded => Self::Overloaded,
            Code::Timeout => Self::Timeout,
            Code::Internal | Code::Unavailable | Code::UpstreamUnavailable => Self::Internal,
            _ => Self::Rejected,
        }
    }

    /// Of an answer that says no more than its HTTP status, such as a proxied one.
    pub fn of_status(status: StatusCode) -> Self {
        match status {
            StatusCode::TOO_MANY_REQUESTS => Self::Limited,
            StatusCode::REQUEST_TIMEOUT | StatusCode::GATEWAY_TIMEOUT => Self::Timeout,
            status if status.is_server_error() => Self::Internal,
            status if status.is_client_error() => Self::Rejected,
            _ => Self::Ok,
        }
    }
}

impl From<&Error> for Outcome {
    fn from(error: &Error) -> Self {
        match (error, Self::of(error.code())) {
            (Error::Refused(_), Self::Rejected) => Self::Refused,
            (_, outcome) => outcome,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_that_is_no_decision_counts_as_what_it_is() {
        let refused = |code| Outcome::from(&Error::refused(code, "no"));
        assert_eq!(refused(Code::LimitConsumed), Outcome::Refused);
        assert_eq!(refused(Code::UpstreamUnavailable), Outcome::Internal);
        assert_eq!(Outcome::from(&Error::unauthorized()), Outcome::Rejected);
        assert_eq!(Outcome::from(&Error::TimedOut), Outcome::Timeout);
        assert_eq!(Outcome::from(&Error::internal("part", "why")), Outcome::Internal);
        assert_eq!(Outcome::of_status(StatusCode::BAD_GATEWAY), Outcome::Internal);
        assert_eq!(Outcome::of_status(StatusCode::NOT_FOUND), Outcome::Rejected);
    }
}
