//! SQL of profile collections.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::core::db::TenantDb;
use crate::core::error::Error;

/// Which of these ids are enabled collections of the partner, as text.
pub(super) async fn owned(
    tenant: &TenantDb<'_>,
    partner_id: i64,
    ids: &[i64],
) -> Result<Vec<String>, Error> {
    let sql = "SELECT id::text AS id FROM profile_collection \
               WHERE id = ANY($1) AND partner_id = $2 AND enabled";
    let values = [ids.to_vec().into(), partner_id.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = tenant.db().query_all_raw(statement).await?;
    rows.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
