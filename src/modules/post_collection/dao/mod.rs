//! SQL of post collections.

pub mod collection;
pub mod item;

use sea_orm::FromQueryResult as _;

use super::entity::PostTotals;
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;

const OWNED: TenantSql = TenantSql::of_partner(
    "SELECT id FROM post_collection WHERE partner_id = $1 AND id = ANY($2) AND enabled",
);

/// Which of these ids are enabled collections of the partner.
pub(super) async fn owned(
    tenant: &TenantDb<'_>,
    partner_id: i64,
    ids: &[String],
) -> Result<Vec<String>, Error> {
    let rows = tenant.narrowed(partner_id)?.all(OWNED, [ids.to_vec().into()]).await?;
    rows.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// A post counts once, however often it was measured.
const TOTALS: TenantSql = TenantSql::of_scope(
    "\
    SELECT c.id, c.partner_id, count(DISTINCT m.post_short_code) AS posts, \
           coalesce(sum(m.reach), 0)::bigint AS reach \
    FROM post_collection c LEFT JOIN collection_post_metrics_summary m \
      ON m.collection_id = c.id AND m.collection_type = 'POST' \
    WHERE c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($3) AND c.enabled \
    GROUP BY c.id",
);

/// Totals of the enabled collections of the tenant; of any for the platform's own partner.
pub(super) async fn totals(
    tenant: &TenantDb<'_>,
    ids: &[String],
) -> Result<Vec<PostTotals>, Error> {
    let rows = tenant.all(TOTALS, [ids.to_vec().into()]).await?;
    rows.iter().map(|row| Ok(PostTotals::from_query_result(row, "")?)).collect()
}
