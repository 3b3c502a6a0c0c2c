//! Statements of the derivations. Those of the tables are files of their own in `sql/`.

mod accounts;
mod derivation;
mod swap;

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::core::db::Db;
use crate::core::error::Error;

pub(super) use accounts::copy_accounts;
pub(super) use derivation::{DERIVATIONS, derive};

/// Key of the advisory lock that keeps rebuilds apart ("warehous" in hexadecimal).
const LOCK: i64 = 0x7761_7265_686f_7573;

/// Waits for other rebuilds; the lock lasts until the transaction ends.
pub(super) async fn lock(db: &Db<'_>) -> Result<(), Error> {
    let sql = "SELECT pg_advisory_xact_lock($1)";
    db.execute_raw(statement(sql, [LOCK])).await?;
    Ok(())
}

fn statement<const N: usize>(sql: &str, values: [i64; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values.map(Into::into))
}
