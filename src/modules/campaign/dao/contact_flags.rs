//! Whether campaign profiles have an e-mail and a phone.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::core::db::Db;
use crate::core::error::Error;

/// Campaign profiles of one transaction.
const BATCH: i64 = 2_000;

/// What became of a batch.
#[derive(Debug)]
pub struct Corrected {
    /// Last campaign profile of the batch; none after the last batch.
    pub last: Option<i64>,
    /// Rows that were wrong.
    pub written: u64,
}

/// Corrects the flags of the next campaign profiles after an id.
pub async fn correct(db: &Db<'_>, after: i64) -> Result<Corrected, Error> {
    let sql = include_str!("correct_contact_flags.sql");
    let values = [after.into(), BATCH.into()];
    let row = db
        .query_one_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values))
        .await?
        .ok_or_else(|| Error::internal("postgresql", "no row was returned"))?;
    let written: i64 = row.try_get("", "written")?;
    Ok(Corrected { last: row.try_get("", "last")?, written: written.unsigned_abs() })
}
