//! SQL of keyword collections.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::service::ReportTotals;
use crate::core::db::TenantDb;
use crate::core::error::Error;

/// Row-level security leaves the tenant's collections; all for the platform's own partner.
const TOTALS: &str = "\
    SELECT id, partner_id, report_total_posts AS posts, report_total_reach AS reach \
    FROM keyword_collection \
    WHERE id = ANY($1) AND enabled AND ($2 OR partner_id = $3) \
      AND report_total_posts IS NOT NULL AND report_total_reach IS NOT NULL";

/// Totals of the enabled collections of the tenant that have some.
pub(super) async fn totals(
    tenant: &TenantDb<'_>,
    ids: &[String],
) -> Result<Vec<ReportTotals>, Error> {
    let values = [ids.to_vec().into(), tenant.is_platform().into(), tenant.partner_id().into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, TOTALS, values);
    let rows = tenant.db().query_all_raw(statement).await?;
    let read = |row: sea_orm::QueryResult| {
        Ok(ReportTotals {
            id: row.try_get("", "id")?,
            partner_id: row.try_get("", "partner_id")?,
            posts: row.try_get("", "posts")?,
            reach: row.try_get("", "reach")?,
        })
    };
    rows.into_iter().map(read).collect()
}
