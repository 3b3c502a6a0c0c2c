//! SQL of post collections.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::service::PostTotals;
use crate::core::db::TenantDb;
use crate::core::error::Error;

/// Which of these ids are enabled collections of the partner.
pub(super) async fn owned(
    tenant: &TenantDb<'_>,
    partner_id: i64,
    ids: &[String],
) -> Result<Vec<String>, Error> {
    let sql = "SELECT id FROM post_collection \
               WHERE id = ANY($1) AND partner_id = $2 AND enabled";
    let values = [ids.to_vec().into(), partner_id.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = tenant.db().query_all_raw(statement).await?;
    rows.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// A post counts once, however often it was measured.
const TOTALS: &str = "\
    SELECT c.id, c.partner_id, count(DISTINCT m.post_short_code) AS posts, \
           coalesce(sum(m.reach), 0)::bigint AS reach \
    FROM post_collection c LEFT JOIN collection_post_metrics_summary m \
      ON m.collection_id = c.id AND m.collection_type = 'POST' \
    WHERE c.id = ANY($1) AND c.enabled AND ($2 OR c.partner_id = $3) \
    GROUP BY c.id";

/// Totals of the enabled collections of the tenant; of any for the platform's own partner.
pub(super) async fn totals(
    tenant: &TenantDb<'_>,
    ids: &[String],
) -> Result<Vec<PostTotals>, Error> {
    let values = [ids.to_vec().into(), tenant.is_platform().into(), tenant.partner_id().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, TOTALS, values);
    let rows = tenant.db().query_all_raw(statement).await?;
    let read = |row: sea_orm::QueryResult| {
        Ok(PostTotals {
            id: row.try_get("", "id")?,
            partner_id: row.try_get("", "partner_id")?,
            posts: row.try_get("", "posts")?,
            reach: row.try_get("", "reach")?,
        })
    };
    rows.into_iter().map(read).collect()
}
