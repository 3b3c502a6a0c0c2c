//! The one error type. Which variant goes where:
//!
//! - [`Error::Refused`]: a business rule says no. The text is ours and goes to the client, with the
//!   error value of the module and the empty payload of the route.
//! - [`Error::Rejected`]: the request could not be read, or the caller may not ask. Status `ERROR`
//!   and no payload, whatever the module.
//! - [`Error::TimedOut`]: the deadline passed; HTTP 504.
//! - [`Error::Internal`]: a store or another service failed. Logged once, at the edge; the client
//!   sees [`SOMETHING_WENT_WRONG`] with the error value of the module.

use std::borrow::Cow;

/// Text of every failure that is not the client's.
pub const SOMETHING_WENT_WRONG: &str = "Something Went Wrong";

/// What an operation can end in besides its answer.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// Refused by a business rule.
    #[error("{0}")]
    Refused(Cow<'static, str>),
    /// Refused before the business rules: unreadable request or unauthorised caller.
    #[error("{0}")]
    Rejected(Cow<'static, str>),
    /// The request's deadline passed.
    #[error("request timed out")]
    TimedOut,
    /// A store or service failed.
    #[error("{part}: {source}")]
    Internal {
        /// What failed, for the log.
        part: &'static str,
        /// Why, for the log only.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
}

impl Error {
    /// A business refusal with this text.
    pub fn refused(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Refused(message.into())
    }

    /// A refusal without payload.
    pub fn rejected(message: impl Into<Cow<'static, str>>) -> Self {
        Self::Rejected(message.into())
    }

    /// A filter, sort key or value outside the documented ones.
    pub fn invalid_request() -> Self {
        Self::refused("invalid Request")
    }

    /// The caller has no partner, or not the right one.
    pub fn unauthorized() -> Self {
        Self::rejected("you are not authorized to access this resource")
    }

    /// No such row for this caller.
    pub fn invalid_record(id: impl std::fmt::Display) -> Self {
        Self::refused(format!("invalid Record Id - {id}"))
    }

    /// Nothing behind the given key.
    pub fn record_not_found() -> Self {
        Self::refused("record not found")
    }

    /// A failure of `part` that is not the client's.
    pub fn internal(
        part: &'static str,
        source: impl Into<Box<dyn std::error::Error + Send + Sync>>,
    ) -> Self {
        Self::Internal { part, source: source.into() }
    }

    /// Text that the client may read.
    pub fn public_message(&self) -> Cow<'static, str> {
        match self {
            Self::Refused(text) | Self::Rejected(text) => text.clone(),
            Self::TimedOut => Cow::Borrowed("request timed out"),
            Self::Internal { .. } => Cow::Borrowed(SOMETHING_WENT_WRONG),
        }
    }
}

/// What a caught panic says, for the log.
pub fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}
