//! Statements of the derivations. Those of the tables are files of their own in `sql/`.

mod accounts;
pub(super) mod collections;
mod derivation;
mod generation;

use sea_orm::{DbBackend, Statement};

use crate::core::db::SessionLock;
use crate::core::error::Error;
use crate::core::stores::Stores;

pub(super) use accounts::copy_accounts;
pub(super) use derivation::{DERIVATIONS, derive};
pub(super) use generation::{begin, generations, observed, publish, remove, stored};

/// Key of the advisory lock that keeps rebuilds apart ("warehous" in hexadecimal).
const LOCK: i64 = 0x7761_7265_686f_7573;

/// Waits for other rebuilds, and keeps them away until it is released.
pub(super) async fn lock(stores: &Stores) -> Result<SessionLock, Error> {
    SessionLock::wait(stores.postgres.direct(), LOCK).await
}

/// The same without waiting; `None` while a rebuild runs.
pub(super) async fn try_lock(stores: &Stores) -> Result<Option<SessionLock>, Error> {
    SessionLock::try_take(stores.postgres.direct(), LOCK).await
}

fn statement<const N: usize>(sql: &str, values: [i64; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values.map(Into::into))
}
