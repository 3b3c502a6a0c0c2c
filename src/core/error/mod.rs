//! The one error type, and what comes out of each kind of it:
//!
//! | What happened | Variant | HTTP | Status value | Payload |
//! |---|---|---|---|---|
//! | a business rule says no | [`Error::Refused`] | 200 | the module's, `ERROR` or `500` | the route's empty one |
//! | the request cannot be read, or the caller may not ask | [`Error::Rejected`] | 200 | `ERROR` | none |
//! | a store or another service failed | [`Error::Internal`] | 200 | the module's | the route's empty one |
//! | the commit failed | [`Error::Internal`] | 200 | `ERROR` | the route's empty one |
//! | a handler panicked | – | 200 | `ERROR` | none |
//! | the deadline passed | [`Error::TimedOut`] | 504 | `ERROR` | none |
//! | too many requests are at work, nothing was begun | [`Error::Overloaded`] | 503, `Retry-After` | `ERROR` | none |
//! | the gateway refused or failed | – | 4xx, 5xx | `ERROR` | none |
//!
//! Every one carries a [`Code`] for programs beside the text for people, which is ours and part of the
//! contract. Whatever is not the client's doing says [`SOMETHING_WENT_WRONG`] and is logged once, at the
//! edge. "None" is `{"status": {"status": "ERROR", …}}`; "empty" has the status where the route has it: under
//! `status`, as `type` in place of `status` (identity and partner), or bare (unlock).

mod chain;
mod code;
mod outcome;

use std::borrow::Cow;

use chrono::NaiveDate;

pub use chain::chain;
pub use code::Code;
pub use outcome::{Ended, Outcome};

/// Text of every failure that is not the client's.
pub const SOMETHING_WENT_WRONG: &str = "Something Went Wrong";
/// Longest name of a field in an answer, in bytes: clients may send names of any length.
const LONGEST_FIELD: usize = 100;

/// What an operation can end in besides its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refused by a business rule.
    #[error("{0}")]
    Refused(Refusal),
    /// Refused before the business rules: unreadable request or unauthorised caller.
    #[error("{0}")]
    Rejected(Refusal),
    /// The request's deadline passed.
    #[error("request timed out")]
    TimedOut,
    /// Too many requests are at work; nothing was begun.
    #[error("overloaded")]
    Overloaded,
    /// A store or service failed.
    #[error("{part}: {source}")]
    Internal {
        /// What failed, for the log.
        part: &'static str,
        /// Why, for the log only.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

/// Why the client does not get what it asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refusal {
    /// For programs.
    pub code: Code,
    /// For people; the contract's.
    pub text: Cow<'static, str>,
    /// The parameter, member or filter to blame.
    pub field: Option<Cow<'static, str>>,
    /// Day from which on it is no longer refused, where that is known.
    pub resets_on: Option<NaiveDate>,
}

impl std::fmt::Display for Refusal {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.text)
    }
}

impl Refusal {
    /// Why, for programs and for people.
    pub fn new(code: Code, text: impl Into<Cow<'static, str>>) -> Self {
        Self { code, text: text.into(), field: None, resets_on: None }
    }
}

impl Error {
    /// A business refusal with this text.
    pub fn refused(code: Code, text: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(Refusal::new(code, text))
    }

    /// A refusal without payload.
    pub fn rejected(code: Code, text: impl Into<Cow<'static, str>>) -> Self {
        Self::Rejected(Refusal::new(code, text))
    }

    /// Names the parameter, member or filter to blame; a name of a client is cut to 100 bytes.
    #[must_use]
    pub fn at(mut self, field: impl Into<Cow<'static, str>>) -> Self {
        if let Self::Refused(refusal) | Self::Rejected(refusal) = &mut self {
            let mut field = field.into();
            if field.len() > LONGEST_FIELD {
                field = field[..field.floor_char_boundary(LONGEST_FIELD)].to_owned().into();
            }
            refusal.field = Some(field);
        }
        self
    }

    /// Says from which day on it is no longer refused.
    #[must_use]
    pub fn until(mut self, day: NaiveDate) -> Self {
        if let Self::Refused(refusal) | Self::Rejected(refusal) = &mut self {
            refusal.resets_on = Some(day);
        }
        self
    }

    /// A request that asks for what there is not, of which no single part is to blame.
    pub fn invalid_request() -> Self {
        Self::refused(Code::InvalidRequest, "invalid Request")
    }

    /// A filter outside the documented ones.
    pub fn invalid_filter(field: &str) -> Self {
        Self::refused(Code::InvalidFilter, "invalid Request").at(field.to_owned())
    }

    /// A sort outside the documented ones; `parameter` is `sortBy` or `sortDir`.
    pub fn invalid_sort(parameter: &'static str) -> Self {
        Self::refused(Code::InvalidSort, "invalid Request").at(parameter)
    }

    /// A value that `field` cannot have.
    pub fn invalid_value(field: &'static str, text: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(Code::InvalidValue, text).at(field)
    }

    /// A platform outside the documented ones.
    pub fn invalid_platform() -> Self {
        Self::invalid_value("platform", "invalid platform")
    }

    /// The caller's plan does not include what it asks for.
    pub fn plan_required() -> Self {
        Self::refused(Code::PlanRequired, "invalid Request")
    }

    /// A body that is not the documented JSON.
    pub fn invalid_body(error: &serde_json::Error) -> Self {
        Self::rejected(Code::InvalidBody, error.to_string())
    }

    /// The caller has no partner, or not the right one.
    pub fn unauthorized() -> Self {
        Self::rejected(Code::Unauthorized, "you are not authorized to access this resource")
    }

    /// No such row for this caller.
    pub fn invalid_record(id: impl std::fmt::Display) -> Self {
        Self::refused(Code::NotFound, format!("invalid Record Id - {id}"))
    }

    /// Nothing behind the given key.
    pub fn record_not_found() -> Self {
        Self::not_found("record not found")
    }

    /// Nothing behind the given key, in other words.
    pub fn not_found(text: impl Into<Cow<'static, str>>) -> Self {
        Self::refused(Code::NotFound, text)
    }

    /// A failure of `part` that is not the client's.
    pub fn internal(
        part: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal { part, source: source.into() }
    }

    /// For programs.
    pub fn code(&self) -> Code {
        match self {
            Self::Refused(refusal) | Self::Rejected(refusal) => refusal.code,
            Self::TimedOut => Code::Timeout,
            Self::Overloaded => Code::Overloaded,
            Self::Internal { .. } => Code::Internal,
        }
    }

    /// What the client may read.
    pub fn public(&self) -> Refusal {
        match self {
            Self::Refused(refusal) | Self::Rejected(refusal) => refusal.clone(),
            Self::TimedOut => Refusal::new(Code::Timeout, "request timed out"),
            Self::Overloaded => {
                Refusal::new(Code::Overloaded, "too many requests at work, try again")
            }
            Self::Internal { .. } => Refusal::new(Code::Internal, SOMETHING_WENT_WRONG),
        }
    }
}

/// What a caught panic says, for the log.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_of_clients_are_cut_between_characters() {
        let refused = Error::invalid_filter(&"é".repeat(1000)).public();
        assert_eq!(refused.code, Code::InvalidFilter);
        let field = refused.field.expect("named");
        assert!(field.len() <= LONGEST_FIELD && field.chars().all(|c| c == 'é'), "{field}");
    }
}
