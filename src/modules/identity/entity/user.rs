//! People, with the account that they sign in to.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde::Serialize;

/// Who a session belongs to.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Identity {
    /// Person; absent for a session without user.
    pub user_id: Option<i64>,
    /// Name of the person.
    pub user_name: Option<Arc<str>>,
    /// Account.
    pub account_id: Option<i64>,
    /// Tenant.
    pub partner_id: Option<i64>,
}

/// What signing in needs of a person.
pub struct Credentials {
    pub user_id: i64,
    pub password_hash: Option<String>,
    /// With the account to sign in to; that is absent when there is none.
    pub identity: Identity,
}

/// A person with one of their accounts, as operators see them.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct UserRow {
    /// Person.
    pub user_id: i64,
    /// E-mail address.
    pub email: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// Whether the person may sign in.
    pub enabled: bool,
    /// Whether there is a password.
    pub has_password: bool,
    /// Wrong passwords in a row, wherever.
    pub failed_logins: i32,
    /// End of the last block after wrong passwords, at one place or of all; may be past.
    pub locked_until: Option<DateTime<Utc>>,
    /// Account.
    pub account_id: Option<i64>,
    /// Tenant of the account.
    pub partner_id: Option<i64>,
}
