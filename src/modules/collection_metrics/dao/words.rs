//! Hashtags and keywords of collections.

use sea_orm::FromQueryResult as _;

use super::statement::{chosen, ids};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::modules::collection_metrics::dto::Measured;
use crate::modules::collection_metrics::entity::Word;

const HASHTAGS: TenantSql = TenantSql::of_scope(concat!(
    chosen!(),
    " SELECT w.hashtag_name AS name, sum(w.tagged_count)::bigint AS tagged_count, \
             sum(w.ugc_tagged_count)::bigint AS ugc_tagged_count \
      FROM collection_hashtag w \
      WHERE w.collection_type = $3::text AND w.collection_id IN (SELECT id FROM chosen) \
      GROUP BY w.hashtag_name ORDER BY sum(w.tagged_count) DESC, w.hashtag_name COLLATE \"C\" LIMIT $5",
));

const KEYWORDS: TenantSql = TenantSql::of_scope(concat!(
    chosen!(),
    " SELECT w.keyword_name AS name, sum(w.tagged_count)::bigint AS tagged_count, \
             0::bigint AS ugc_tagged_count \
      FROM collection_keyword w \
      WHERE w.collection_type = $3::text AND w.collection_id IN (SELECT id FROM chosen) \
      GROUP BY w.keyword_name ORDER BY sum(w.tagged_count) DESC, w.keyword_name COLLATE \"C\" LIMIT $5",
));

/// The most frequent hashtags.
pub async fn hashtags(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
    most: i64,
) -> Result<Vec<Word>, Error> {
    words(rows, HASHTAGS, measured, most).await
}

/// The most frequent keywords.
pub async fn keywords(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
    most: i64,
) -> Result<Vec<Word>, Error> {
    words(rows, KEYWORDS, measured, most).await
}

async fn words(
    rows: &TenantDb<'_>,
    sql: TenantSql,
    measured: Measured<'_>,
    most: i64,
) -> Result<Vec<Word>, Error> {
    let mut bound = ids(measured);
    bound.push(most.into());
    let found = rows.all(sql, bound).await?;
    found.iter().map(|row| Ok(Word::from_query_result(row, "")?)).collect()
}
