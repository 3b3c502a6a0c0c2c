//! SQL of keyword collections beyond the statements of every row.

use chrono::{DateTime, Utc};
use sea_orm::ActiveValue::Set;
use sea_orm::{
    ColumnTrait as _, Condition, FromQueryResult as _, QueryFilter as _, QueryOrder as _,
    QuerySelect as _,
};

use super::super::entity::{ActiveModel, Column, Entity, Model, ReportTotals};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::core::share::share_id;

const TOTALS: TenantSql = TenantSql::of_scope(
    "\
    SELECT id, partner_id, report_total_posts AS posts, report_total_reach AS reach \
    FROM keyword_collection \
    WHERE partner_id BETWEEN $1 AND $2 AND id = ANY($3) AND enabled \
      AND report_total_posts IS NOT NULL AND report_total_reach IS NOT NULL",
);

/// Who changes a row at the same time stores its totals too, or has them stored with the next answer.
const KEEP_TOTALS: TenantSql = TenantSql::of_scope(
    "\
    WITH read AS ( \
        SELECT c.id, t.posts, t.reach \
        FROM keyword_collection c \
        JOIN unnest($3::text[], $4::text[], $5::bigint[], $6::bigint[]) AS t (id, path, posts, reach) \
          ON c.id = t.id AND c.report_path = t.path \
        WHERE c.partner_id BETWEEN $1 AND $2 \
        FOR UPDATE OF c SKIP LOCKED \
    ) \
    UPDATE keyword_collection SET report_total_posts = read.posts, report_total_reach = read.reach \
    FROM read WHERE keyword_collection.id = read.id RETURNING keyword_collection.id",
);

/// Totals of the enabled collections of the tenant that have some.
pub async fn totals(tenant: &TenantDb<'_>, ids: &[String]) -> Result<Vec<ReportTotals>, Error> {
    let rows = tenant.all(TOTALS, [ids.to_vec().into()]).await?;
    rows.iter().map(|row| Ok(ReportTotals::from_query_result(row, "")?)).collect()
}

/// Stores what reports have counted: by collection, where it still has the report of that path.
pub async fn keep_totals(
    tenant: &TenantDb<'_>,
    totals: Vec<(String, String, i64, i64)>,
) -> Result<(), Error> {
    let ids: Vec<String> = totals.iter().map(|(id, ..)| id.clone()).collect();
    let paths: Vec<String> = totals.iter().map(|(_, path, ..)| path.clone()).collect();
    let posts: Vec<i64> = totals.iter().map(|(.., posts, _)| *posts).collect();
    let reach: Vec<i64> = totals.iter().map(|(.., reach)| *reach).collect();
    tenant.all(KEEP_TOTALS, [ids.into(), paths.into(), posts.into(), reach.into()]).await?;
    Ok(())
}

/// Stores a collection under the chosen share id or a new one; `None` where the chosen one is taken.
pub async fn create(
    tenant: &TenantDb<'_>,
    (id, row): (&str, ActiveModel),
    chosen: Option<String>,
) -> Result<Option<Model>, Error> {
    let fresh = || {
        let share_id = chosen.clone().unwrap_or_else(share_id);
        ActiveModel { share_id: Set(share_id), ..row.clone() }
    };
    tenant.insert_or_same(fresh, Column::Id.eq(id)).await
}

/// How many collections the partner has, removed ones too.
pub async fn count(tenant: &TenantDb<'_>) -> Result<i64, Error> {
    Ok(tenant.find::<Entity>().count().await?)
}

/// Enabled collections behind the id `after` that are older than `before` and have no whole report, in the
/// order of their ids.
pub async fn without_report(
    tenant: &TenantDb<'_>,
    before: DateTime<Utc>,
    (after, limit): (&str, u64),
) -> Result<Vec<Model>, Error> {
    let missing = [Column::ReportBucket, Column::ReportPath, Column::DemographyReportPath];
    let missing = missing
        .into_iter()
        .fold(Condition::any(), |any, column| any.add(column.is_null()).add(column.eq("")));
    let rows = tenant.enabled::<Entity>().filter(missing);
    let rows = rows.filter(Column::CreatedAt.lt(before)).filter(Column::Id.gt(after));
    Ok(rows.order_by_asc(Column::Id).limit(limit).all().await?)
}
