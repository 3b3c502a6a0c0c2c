//! Who a session belongs to.

use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::dao;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::stores::Stores;

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

/// Sessions of the built-in identity.
#[derive(Debug, Clone, Copy, Default)]
pub struct IdentityService;

impl IdentityService {
    /// Who the session belongs to; `None` when it does not exist, has ended or its user or account
    /// is disabled.
    ///
    /// # Errors
    /// A store error.
    pub async fn session(&self, stores: &Stores, sid: &str) -> Result<Option<Identity>, Error> {
        let db = Db::pool(&stores.postgres.primary, &stores.metrics.statements);
        dao::live_session(&db, sid).await
    }

    /// Opens a session on the schema owner's connection; creates user and account when missing.
    ///
    /// # Errors
    /// The account exists and belongs to another user or partner, or a store error.
    pub async fn open_session(&self, owner: &Db<'_>, new: &NewSession) -> Result<(), Error> {
        dao::ensure_user(owner, new.user_id).await?;
        let account = dao::ensure_account(owner, new).await?;
        if account != (new.user_id, Some(new.partner_id)) {
            return Err(Error::refused(format!(
                "account {} belongs to another user or partner",
                new.account_id
            )));
        }
        dao::insert_session(owner, new).await
    }
}
