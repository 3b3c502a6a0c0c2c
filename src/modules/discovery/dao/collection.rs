//! Profile collections, read only, for searches through them; another module owns the tables.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::core::db::Db;
use crate::core::error::Error;

/// The owner of the collection behind a share id. `None` when there is none, or sharing is off.
pub async fn owner_of_shared(db: &Db<'_>, share_id: &str) -> Result<Option<i64>, Error> {
    let sql = "SELECT s.partner_id FROM shared_profile_collection($1) s WHERE s.share_enabled";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [share_id.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "partner_id")).transpose()?)
}
