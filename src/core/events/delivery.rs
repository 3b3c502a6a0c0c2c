//! One message on its way to a handler.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Instant;

use bytes::Bytes;

use crate::core::caller::Caller;
use crate::core::db::is_away;
use crate::core::error::Error;

/// Header with the identity of a message across redeliveries.
pub const MESSAGE_ID: &str = "_watermill_message_uuid";
/// Header that names the aggregate of a message; messages of one aggregate keep their order.
pub const ORDER_KEY: &str = "x-bb-order-key";

/// Headers that name the caller.
pub(super) const SENDER: [&str; 3] = ["x-bb-partner-id", "x-bb-plan-type", "authorization"];

/// A message that arrived, whatever carried it.
#[derive(Debug, Clone, Default)]
pub struct Delivery {
    /// Identity across redeliveries; without one the handler's own idempotence has to do.
    pub message_id: Option<String>,
    /// Texts of the headers; names in lower case.
    pub headers: BTreeMap<String, String>,
    /// JSON, not looked at yet.
    pub body: Bytes,
}

impl Delivery {
    /// Text of a header, `None` when absent or empty.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(String::as_str).filter(|text| !text.is_empty())
    }

    /// Whether both work for the same caller.
    pub(super) fn has_sender_of(&self, other: &Self) -> bool {
        SENDER.iter().all(|name| self.header(name) == other.header(name))
    }
}

/// One attempt at a message: on whose behalf, and until when.
#[derive(Debug, Clone)]
pub struct Attempt {
    /// Who sent the message.
    pub caller: Arc<Caller>,
    /// When the attempt is cancelled.
    pub deadline: Instant,
}

/// Why a message had no effect.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// It never will have one: dead letter at once.
    #[error("{0}")]
    Reject(String),
    /// It may have one later: retried, then dead letter.
    #[error("{0}")]
    Retry(String),
    /// PostgreSQL is out of reach, which is nothing against the message: retried, then delivered again.
    #[error("{0}")]
    Away(String),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Refused(_) | Error::Rejected(_) => Self::Reject(error.to_string()),
            Error::Internal { .. } if is_away(&error) => Self::Away(error.to_string()),
            Error::TimedOut | Error::Overloaded | Error::Internal { .. } => {
                Self::Retry(error.to_string())
            }
        }
    }
}
