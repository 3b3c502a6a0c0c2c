//! Statements on what the items of collections come to.

use sea_orm::FromQueryResult as _;

use super::super::entity::{ColumnTotal, PlatformTotal};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;

/// Newest accounts of a platform that a summary names.
const NEWEST: i32 = 5;

const TOTALS: TenantSql = TenantSql::of_scope(
    "\
    SELECT i.profile_collection_id AS id, i.platform, count(*) AS items, \
           count(*) FILTER (WHERE p.has_email) AS emails, \
           count(*) FILTER (WHERE p.has_phone) AS phones, \
           (array_agg(i.platform_account_code ORDER BY i.created_at DESC, i.id DESC) \
              FILTER (WHERE $5 > 0))[1:$5] AS newest \
    FROM profile_collection_item i LEFT JOIN campaign_profiles p \
      ON p.platform = i.platform AND p.platform_account_id = i.platform_account_code \
    WHERE i.partner_id BETWEEN $1 AND $2 AND i.profile_collection_id = ANY($3) AND i.enabled \
      AND (NOT i.hidden OR NOT $4) \
    GROUP BY i.profile_collection_id, i.platform",
);

// What counts as a number is what the rule on defaults reads as one.
const COLUMNS: TenantSql = TenantSql::of_scope(
    r"
    SELECT v.platform, v.key, count(*) FILTER (WHERE v.is_filled) AS filled,
           coalesce(bool_or(v.is_filled AND NOT v.is_number), false) AS has_text,
           coalesce(sum(CASE WHEN v.is_number THEN v.value::numeric END), 0)::float8 AS sum
    FROM (
        SELECT i.platform, v.key, v.value, v.value !~ '^\s*$' AS is_filled,
               v.value ~ '^\s*[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)\s*$' AS is_number
        FROM profile_collection_item i
        JOIN profile_collection_item_cc_data v ON v.profile_collection_item_id = i.id
        WHERE i.partner_id BETWEEN $1 AND $2 AND i.profile_collection_id = $3 AND i.enabled
          AND (NOT i.hidden OR NOT $4) AND v.key = ANY($5)
    ) v
    GROUP BY v.platform, v.key",
);

/// The items of these collections by platform; with their newest accounts, where those are wanted.
pub async fn totals(
    rows: &TenantDb<'_>,
    ids: Vec<i64>,
    (without_hidden, with_newest): (bool, bool),
) -> Result<Vec<PlatformTotal>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let newest = if with_newest { NEWEST } else { 0 };
    let rows = rows.all(TOTALS, [ids.into(), without_hidden.into(), newest.into()]).await?;
    rows.iter().map(|row| Ok(PlatformTotal::from_query_result(row, "")?)).collect()
}

/// What the items of a collection have in these columns.
pub async fn columns(
    rows: &TenantDb<'_>,
    id: i64,
    (keys, without_hidden): (Vec<String>, bool),
) -> Result<Vec<ColumnTotal>, Error> {
    if keys.is_empty() {
        return Ok(Vec::new());
    }
    let rows = rows.all(COLUMNS, [id.into(), without_hidden.into(), keys.into()]).await?;
    rows.iter().map(|row| Ok(ColumnTotal::from_query_result(row, "")?)).collect()
}
