//! Who a session belongs to; signing in and out; users.

mod expiry;
mod notices;
mod sessions;
mod sign_in;
mod users;

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::dao;
use super::manager::Passwords;
use crate::core::db::Db;
use crate::core::error::{Code, Error};
use crate::core::stores::Stores;

pub use expiry::remove_ended;
pub use notices::SIGN_IN_BLOCKED;
pub use users::{NewUser, UserRef};

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

/// A session to open, with the user and account that it needs.
#[derive(Debug, Clone)]
pub struct NewSession {
    /// Id of the session.
    pub sid: String,
    /// Person.
    pub user_id: i64,
    /// Account of the person.
    pub account_id: i64,
    /// Tenant of the account.
    pub partner_id: i64,
    /// End of the session.
    pub expires_at: DateTime<Utc>,
}

/// The built-in identity.
#[derive(Clone)]
pub struct IdentityService {
    passwords: Passwords,
}

impl Default for IdentityService {
    fn default() -> Self {
        Self { passwords: Passwords::new() }
    }
}

impl IdentityService {
    /// Who the session belongs to; `None` when it does not exist, has ended or its user or account
    /// is disabled.
    ///
    /// # Errors
    /// A store error.
    pub async fn session(&self, stores: &Stores, sid: &str) -> Result<Option<Identity>, Error> {
        // No text of PostgreSQL holds a NUL: such a session was never opened.
        if sid.contains('\0') {
            return Ok(None);
        }
        dao::session::live(&stores.db(), sid).await
    }

    /// Opens a session on the schema owner's connection; creates user and account when missing.
    ///
    /// # Errors
    /// The account exists and belongs to another user or partner, or a store error.
    pub async fn open_session(&self, owner: &Db<'_>, new: &NewSession) -> Result<(), Error> {
        dao::user::ensure(owner, new.user_id).await?;
        let account = dao::session::ensure_account(owner, new).await?;
        if account != (new.user_id, Some(new.partner_id)) {
            let text = format!("account {} belongs to another user or partner", new.account_id);
            return Err(Error::refused(Code::AlreadyExists, text));
        }
        dao::session::insert(owner, &new.sid, new.account_id, new.expires_at).await
    }
}
