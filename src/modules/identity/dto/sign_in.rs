//! Bodies and answers of signing in.

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::config::Secret;
use crate::core::envelope::{ERROR, Envelope, Status, TypedStatus};
use crate::core::error::{Code, Error};
use crate::core::json::Object;
use crate::core::route::SecretInput;

/// Credentials.
#[derive(Debug, Deserialize, ToSchema)]
pub struct LoginIn {
    /// `EMAIL`.
    pub mode: Option<String>,
    /// E-mail address, in any case.
    pub id: Option<String>,
    /// Password.
    #[schema(value_type = Option<String>)]
    pub secret: Option<Secret>,
}

/// A refresh token.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RefreshIn {
    /// As the last answer gave it.
    #[schema(value_type = Option<String>)]
    pub refresh_token: Option<Secret>,
}

/// A token in question.
#[derive(Debug, Deserialize, ToSchema)]
pub struct VerifyIn {
    /// Access token.
    #[schema(value_type = Option<String>)]
    pub token: Option<Secret>,
}

/// A signed-in caller; a refusal has the status only.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AuthOut {
    /// `type` is `SUCCESS` or `ERROR`.
    pub status: TypedStatus,
    /// Access token, for `Authorization: Bearer …`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Token for the next refresh.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
    /// When the access token ends, milliseconds since 1970.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_time: Option<i64>,
    /// Who signed in.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_client_account: Option<UserClientAccount>,
}

/// A person's account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserClientAccount {
    /// Account.
    pub id: i64,
    /// Person.
    pub user_id: i64,
    /// Name of the person.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Tenant, where the account has one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partner_profile: Option<PartnerProfile>,
}

/// The tenant of an account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartnerProfile {
    /// Tenant.
    pub partner_id: i64,
}

/// The outcome of signing out.
#[derive(Debug, Serialize, ToSchema)]
pub struct SignedOutOut {
    /// `type` is `SUCCESS` or `ERROR`.
    pub status: TypedStatus,
}

impl Envelope for AuthOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self {
            status: status.into(),
            token: None,
            refresh_token: None,
            refresh_time: None,
            user_client_account: None,
        }
    }
}

impl Envelope for SignedOutOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status: status.into() }
    }
}

/// Reads a body. The text of a failure names the place, never the value: it could be a password.
pub fn read<T: DeserializeOwned>(input: &SecretInput<T>) -> Result<T, Error> {
    parse(input.bytes())
}

fn parse<T: DeserializeOwned>(body: &[u8]) -> Result<T, Error> {
    let mut documents = serde_json::Deserializer::from_slice(body);
    let value = Object::deserialize(&mut documents).map(|Object(value)| value);
    value.map_err(|error| {
        let (line, column) = (error.line(), error.column());
        let text = format!("unreadable body at line {line}, column {column}");
        Error::refused(Code::InvalidBody, text)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bodies_are_read_leniently_and_refused_without_their_values() {
        let read_login = |text: &'static str| parse::<LoginIn>(text.as_bytes());
        let login = read_login(r#"{"mode":"EMAIL","secret":"s","more":[1]} trailing"#);
        assert_eq!(login.expect("readable").secret.expect("a secret").expose(), "s");
        for bad in ["", "[", r#"["EMAIL"]"#, r#"{"secret":{"hunter22":1}}"#, r#"{"id":5}"#] {
            let error = read_login(bad).expect_err("refused").to_string();
            assert!(error.starts_with("unreadable body") && !error.contains("hunter22"), "{error}");
        }
    }
}
