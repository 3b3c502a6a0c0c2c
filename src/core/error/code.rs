//! Why a request was not answered as it asked, for programs.

use serde::Serialize;
use utoipa::openapi::schema::{ObjectBuilder, Schema, Type};
use utoipa::openapi::{Object, RefOr};
use utoipa::{PartialSchema, ToSchema};

macro_rules! codes {
    ($($(#[doc = $meaning:literal])+ $name:ident = $text:literal,)+) => {
        /// Why a request was refused or failed. Programs branch on it, never on the text beside it; a new
        /// one may come with any release.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
        pub enum Code {
            $($(#[doc = $meaning])+ #[serde(rename = $text)] $name,)+
        }

        impl Code {
            /// Every code.
            pub const ALL: &[Self] = &[$(Self::$name),+];

            /// As answers carry it.
            pub fn name(self) -> &'static str {
                match self { $(Self::$name => $text),+ }
            }

            /// What it says, for the contract.
            fn meaning(self) -> &'static str {
                match self { $(Self::$name => concat!($($meaning),+).trim_ascii()),+ }
            }
        }
    };
}

codes! {
    /// The request cannot be understood, and no single part of it is to blame.
    InvalidRequest = "invalid_request",
    /// The body is not the documented JSON.
    InvalidBody = "invalid_body",
    /// A filter is not one of the documented ones, or its value does not fit; `field` names it.
    InvalidFilter = "invalid_filter",
    /// The list cannot be sorted like that; `field` is `sortBy` or `sortDir`.
    InvalidSort = "invalid_sort",
    /// A parameter, a part of the path or a member of the body has an unusable value; `field` names it.
    InvalidValue = "invalid_value",
    /// No such row for this caller.
    NotFound = "not_found",
    /// Another row has this key already.
    AlreadyExists = "already_exists",
    /// Another request changed the same thing meanwhile: read it again.
    Conflict = "conflict",
    /// The `Idempotency-Key` was used for another request.
    IdempotencyKeyReused = "idempotency_key_reused",
    /// The request carries no valid session: sign in.
    Unauthenticated = "unauthenticated",
    /// The caller may not ask this.
    Unauthorized = "unauthorized",
    /// Signing in failed: unknown person, wrong password or locked, which are not told apart.
    InvalidCredentials = "invalid_credentials",
    /// The token is malformed, expired, used or revoked.
    InvalidToken = "invalid_token",
    /// The partner's plan does not include this.
    PlanRequired = "plan_required",
    /// The partner has no contract in force that counts this.
    ContractNotFound = "contract_not_found",
    /// The contract's limit is used up.
    LimitConsumed = "limit_consumed",
    /// Too many requests in this time: wait as `Retry-After` says.
    RateLimited = "rate_limited",
    /// The server has more to do than it can: wait as `Retry-After` says.
    Overloaded = "overloaded",
    /// The body is too large.
    PayloadTooLarge = "payload_too_large",
    /// The route does not know this method.
    MethodNotAllowed = "method_not_allowed",
    /// The server does not do this.
    NotSupported = "not_supported",
    /// The request or its answer was not complete in time.
    Timeout = "timeout",
    /// The service behind this route gave no usable answer.
    UpstreamUnavailable = "upstream_unavailable",
    /// The request could not be decided right now: keep the session and retry.
    Unavailable = "unavailable",
    /// An internal failure: retry with a delay.
    Internal = "internal",
}

impl PartialSchema for Code {
    fn schema() -> RefOr<Schema> {
        let told = |code: &Self| format!("- `{}`: {}", code.name(), code.meaning());
        let meanings: Vec<String> = Self::ALL.iter().map(told).collect();
        let intro = "Why a request was refused or failed. More may come with any release.";
        let schema: Object = ObjectBuilder::new()
            .schema_type(Type::String)
            .enum_values(Some(Self::ALL.iter().map(|code| code.name())))
            .description(Some(format!("{intro}\n{}", meanings.join("\n"))))
            .build();
        schema.into()
    }
}

impl ToSchema for Code {}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_code_is_documented_under_the_name_that_answers_carry() {
        let schema = serde_json::to_value(Code::schema()).expect("serialises");
        let listed = schema["enum"].as_array().expect("names").clone();
        let sent: Vec<_> =
            Code::ALL.iter().map(|code| serde_json::to_value(code).expect("serialises")).collect();
        assert_eq!(listed, sent);
        for code in Code::ALL {
            let name = code.name();
            assert!(name.bytes().all(|byte| byte.is_ascii_lowercase() || byte == b'_'), "{name}");
            assert!(schema["description"].as_str().expect("text").contains(name));
        }
    }
}
