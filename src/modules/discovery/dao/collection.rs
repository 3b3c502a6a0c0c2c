//! Profile collections, read only, for searches through them; another module owns the tables.

use sea_orm::{ConnectionTrait, DbBackend, Statement};

use crate::core::db::Db;
use crate::core::error::Error;

/// Opens the collection behind a share id to the transaction: row-level security then also admits
/// the rows of its owner, who is answered. `None` when there is none, or sharing is off.
pub async fn open_shared(tx: &Db<'_>, share_id: &str) -> Result<Option<i64>, Error> {
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT s.partner_id, set_config('app.owner_id', s.partner_id::text, true) \
         FROM shared_profile_collection($1) s WHERE s.share_enabled",
        [share_id.into()],
    );
    let row = tx.query_one_raw(statement).await?;
    Ok(row.map(|row| row.try_get("", "partner_id")).transpose()?)
}
