//! SQL of keyword collections.

use sea_orm::FromQueryResult as _;

use super::entity::ReportTotals;
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;

const TOTALS: TenantSql = TenantSql::of_scope(
    "\
    SELECT id, partner_id, report_total_posts AS posts, report_total_reach AS reach \
    FROM keyword_collection \
    WHERE partner_id BETWEEN $1 AND $2 AND id = ANY($3) AND enabled \
      AND report_total_posts IS NOT NULL AND report_total_reach IS NOT NULL",
);

/// Totals of the enabled collections of the tenant that have some.
pub(super) async fn totals(
    tenant: &TenantDb<'_>,
    ids: &[String],
) -> Result<Vec<ReportTotals>, Error> {
    let rows = tenant.all(TOTALS, [ids.to_vec().into()]).await?;
    rows.iter().map(|row| Ok(ReportTotals::from_query_result(row, "")?)).collect()
}
