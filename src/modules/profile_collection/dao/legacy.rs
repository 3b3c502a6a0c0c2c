//! Where the collections of an earlier product went; read only.

use sea_orm::{ConnectionTrait as _, DbBackend, FromQueryResult as _, Statement};

use super::super::entity::MigrationInfo;
use crate::core::db::{Db, TenantDb, TenantSql};
use crate::core::error::Error;

const OF_ID: TenantSql = TenantSql::of_scope(
    "\
    SELECT w.* FROM winkl_collection_migration_info w \
    JOIN profile_collection c ON c.id = w.profile_collection_id \
    WHERE c.partner_id BETWEEN $1 AND $2 AND w.winkl_collection_id = $3",
);

/// Of the collection with this id there, where the one here is of the scope.
pub async fn of_id(tenant: &TenantDb<'_>, id: i64) -> Result<Option<MigrationInfo>, Error> {
    let row = tenant.one(OF_ID, [id.into()]).await?;
    Ok(row.map(|row| MigrationInfo::from_query_result(&row, "")).transpose()?)
}

/// Of the collection with this share id there, whoever asks.
pub async fn of_share_id(db: &Db<'_>, share_id: &str) -> Result<Option<MigrationInfo>, Error> {
    let sql = "SELECT * FROM shared_collection_migration($1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [share_id.into()]);
    let row = db.query_one_raw(statement).await?;
    Ok(row.map(|row| MigrationInfo::from_query_result(&row, "")).transpose()?)
}
