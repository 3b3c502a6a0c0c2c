//! Who a session belongs to; signing in and out; users.

mod expiry;
mod notices;
mod sessions;
mod sign_in;
mod users;

use super::dao;
use super::dto::NewSession;
use super::entity::Identity;
use super::manager::Passwords;
use crate::core::db::Db;
use crate::core::error::{Code, Error};
use crate::core::stores::Stores;

pub use expiry::remove_ended;
pub use notices::SIGN_IN_BLOCKED;

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
