//! Sums over measured posts.

use sea_orm::FromQueryResult as _;

use super::statement::{measured, sums, values};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::modules::collection_metrics::dto::Measured;
use crate::modules::collection_metrics::entity::{CollectionSummary, Summary};

const TOGETHER: TenantSql = TenantSql::of_scope(concat!(
    measured!(),
    " SELECT ",
    sums!(),
    ", count(DISTINCT m.profile_handle) AS total_profiles, max(m.updated_at) AS refreshed_at, \
       (SELECT coalesce(sum(f.followers), 0)::bigint FROM ( \
            SELECT max(m.followers) AS followers FROM m GROUP BY m.platform, m.profile_handle) f \
       ) AS total_followers \
     FROM m",
));

const BY_COLLECTION: TenantSql = TenantSql::of_scope(concat!(
    measured!(),
    ", f AS (SELECT f.collection_id, sum(f.followers)::bigint AS followers FROM ( \
            SELECT m.collection_id, max(m.followers) AS followers FROM m \
            GROUP BY m.collection_id, m.platform, m.profile_handle) f \
         GROUP BY f.collection_id) \
     SELECT m.collection_id, ",
    sums!(),
    ", count(DISTINCT m.profile_handle) AS total_profiles, max(m.updated_at) AS refreshed_at, \
       max(f.followers) AS total_followers \
     FROM m JOIN f ON f.collection_id = m.collection_id GROUP BY m.collection_id",
));

/// All of them together.
pub async fn together(rows: &TenantDb<'_>, measured: Measured<'_>) -> Result<Summary, Error> {
    let row = rows.one(TOGETHER, values(measured)?).await?;
    let summary = row.map(|row| Summary::from_query_result(&row, "")).transpose()?;
    Ok(summary.unwrap_or_default())
}

/// Those of each collection that has some.
pub async fn by_collection(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
) -> Result<Vec<CollectionSummary>, Error> {
    let found = rows.all(BY_COLLECTION, values(measured)?).await?;
    found.iter().map(|row| Ok(CollectionSummary::from_query_result(row, "")?)).collect()
}
