//! Hashtags and keywords of collections.

use chrono_tz::Tz;
use sea_orm::FromQueryResult as _;

use super::series::{AGE, STATEMENT_LIMIT, bound_filters, conditions};
use super::statement::{chosen, ids};
use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::dto::{Measured, STOP_WORDS, WordKind};
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

/// The most frequent ones of some of the posts, counted now, from ClickHouse.
pub async fn counted(
    unit: &UnitOfWork,
    measured: Measured<'_>,
    kind: WordKind,
    most: i64,
) -> Result<Vec<Word>, Error> {
    let filters = measured.filters;
    let (column, left_out) = match kind {
        WordKind::Hashtag => ("hashtags", &[][..]),
        WordKind::Keyword => ("keywords", &STOP_WORDS[..]),
    };
    let sql = format!(
        "SELECT name, toInt64(count()) AS tagged_count, toInt64(0) AS ugc_tagged_count \
         FROM (SELECT arrayJoin(argMax({column}, {AGE})) AS name FROM mart_collection_post_ts \
               WHERE collection_id IN ? AND collection_type = ?{} GROUP BY platform, post_short_code) \
         WHERE lengthUTF8(name) <= 255 AND lowerUTF8(name) NOT IN ? GROUP BY name ORDER BY tagged_count DESC, name LIMIT ?",
        conditions(filters)
    );
    let clickhouse = unit.clickhouse().await?;
    let query = clickhouse.query(&sql).with_setting("max_query_size", STATEMENT_LIMIT);
    let query = query.bind(measured.ids).bind(measured.kind.name());
    let query = bound_filters(query, filters, Tz::UTC).bind(left_out).bind(most);
    clickhouse.rows(query).await
}

/// The most frequent ones of all posts, as they were counted when the posts were measured.
pub async fn stored(
    rows: &TenantDb<'_>,
    measured: Measured<'_>,
    kind: WordKind,
    most: i64,
) -> Result<Vec<Word>, Error> {
    let sql = match kind {
        WordKind::Hashtag => HASHTAGS,
        WordKind::Keyword => KEYWORDS,
    };
    let mut bound = ids(measured);
    bound.push(most.into());
    let found = rows.all(sql, bound).await?;
    found.iter().map(|row| Ok(Word::from_query_result(row, "")?)).collect()
}
