//! What the routes answer: `{"status": {…}, "<payload key>": …}`.

use std::borrow::Cow;

use chrono::NaiveDate;
use serde::de::IgnoredAny;
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::error::{Code, Refusal};
use super::query::Listed;

/// Error value of requests that were not understood, and of some modules.
pub const ERROR: &str = "ERROR";
/// Error value of the modules that answer business errors as `500`.
pub const FAILURE_500: &str = "500";
const SUCCESS: &str = "SUCCESS";

/// Message where a row was stored.
pub const CREATED: &str = "Record Created Successfully";
/// Message where a row was found.
pub const RETRIEVED: &str = "Record Retrieved Successfully";
/// Message where rows were listed.
pub const LISTED: &str = "Record(s) Retrieved Successfully";
/// Message where a row was changed.
pub const UPDATED: &str = "Record Updated Successfully";

/// Outcome of an operation; empty members are left out.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Status {
    /// `SUCCESS`, `ERROR` or `500`.
    pub status: &'static str,
    /// Text for people.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub message: String,
    /// Rows that match, over all pages; −1 where they are not counted, or are more than are counted.
    #[serde(skip_serializing_if = "is_zero")]
    pub filtered_count: i64,
    /// Rows that match at least, where there are more than are counted.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub filtered_count_at_least: Option<u64>,
    /// Whether `nextCursor` is set.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub has_next_page: bool,
    /// Cursor of the next page.
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

/// An envelope without payload.
#[derive(Debug, Serialize, ToSchema)]
pub struct StatusOnly {
    /// Outcome.
    pub status: Status,
}

/// The body of a route's answer.
pub trait Envelope: Serialize {
    /// Error value of business and store errors.
    const FAILURE: &'static str;

    /// The answer to an error: the status with the payload that the route documents for it.
    fn failed(status: Status) -> Self;
}

/// An envelope as `envelope!` declares it, filled. Most payloads are lists of entries.
pub trait Success: Envelope + Sized {
    /// What is under the payload's key.
    type Payload;

    /// The answer with this payload.
    fn of(status: Status, payload: Self::Payload) -> Self;

    /// The answer with the one entry that was asked for.
    fn one<T>(message: &'static str, entry: T) -> Self
    where
        Self: Success<Payload = Vec<T>>,
    {
        Self::of(Status::success(message, 1), vec![entry])
    }

    /// The answer with a page of a list.
    fn page<T>(message: &'static str, page: Listed<T>) -> Self
    where
        Self: Success<Payload = Vec<T>>,
    {
        let Listed { rows, total, next } = page;
        Self::of(Status::success(message, total).with_next(next), rows)
    }

    /// The answer to a change, without entries.
    fn changed<T>() -> Self
    where
        Self: Success<Payload = Vec<T>>,
    {
        Self::of(Status::success(UPDATED, 1), Vec::new())
    }
}

/// Declares an envelope: its payload's key, the payload of an answer to an error (`empty` = the type's
/// default; `null`; `absent` = left out), and the status value of such an answer.
///
/// ```ignore
/// envelope! {
///     /// Answer of the group routes.
///     pub GroupsOut { groups: Vec<GroupOut> }
///     fails with ERROR, absent
/// }
/// ```
macro_rules! envelope {
    (
        $(#[$about:meta])* $visibility:vis $name:ident { $(#[$payload:meta])* $key:ident: $type:ty }
        fails with $value:ident, empty
    ) => {
        $crate::core::envelope::envelope! {
            @declare [$(#[$about])*] [$visibility $name] [$(#[$payload])*] [$key: $type] $value, Default::default(), [$type] std::convert::identity
        }
    };
    (
        $(#[$about:meta])* $visibility:vis $name:ident { $(#[$payload:meta])* $key:ident: $type:ty }
        fails with $value:ident, null
    ) => {
        $crate::core::envelope::envelope! {
            @declare [$(#[$about])*] [$visibility $name] [$(#[$payload])*] [$key: Option<$type>] $value, None, [$type] Some
        }
    };
    (
        $(#[$about:meta])* $visibility:vis $name:ident { $(#[$payload:meta])* $key:ident: $type:ty }
        fails with $value:ident, absent
    ) => {
        $crate::core::envelope::envelope! {
            @declare [$(#[$about])*] [$visibility $name]
            [$(#[$payload])* #[serde(skip_serializing_if = "Option::is_none")]] [$key: Option<$type>] $value, None,
            [$type] Some
        }
    };
    (
        @declare [$(#[$about:meta])*] [$visibility:vis $name:ident] [$(#[$payload:meta])*] [$key:ident: $type:ty]
        $value:ident, $nothing:expr, [$entries:ty] $filled:expr
    ) => {
        $(#[$about])*
        #[derive(Debug, serde::Serialize, utoipa::ToSchema)]
        $visibility struct $name {
            /// Outcome.
            pub status: $crate::core::envelope::Status,
            $(#[$payload])*
            pub $key: $type,
        }

        impl $crate::core::envelope::Envelope for $name {
            const FAILURE: &'static str = $crate::core::envelope::$value;

            fn failed(status: $crate::core::envelope::Status) -> Self {
                Self { status, $key: $nothing }
            }
        }

        impl $crate::core::envelope::Success for $name {
            type Payload = $entries;

            fn of(status: $crate::core::envelope::Status, payload: $entries) -> Self {
                Self { status, $key: ($filled)(payload) }
            }
        }
    };
}
pub(crate) use envelope;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn empty_members_are_left_out() {
        let text = serde_json::to_string(&Status::success("done", 0)).expect("serialises");
        assert_eq!(text, r#"{"status":"SUCCESS","message":"done"}"#);
    }
}
