//! Statements about the posts of collections.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clickhouse::query::RowCursor;
use sea_orm::{ConnectionTrait as _, DbBackend, FromQueryResult as _, Statement, Value};

use crate::core::db::Db;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::modules::collection_metrics::STOP_WORDS;
use crate::modules::warehouse::entity::{DueCollection, MeasuredPost, Tracked, Word};

/// Collections of one read.
const DUE: i64 = 100;
/// Items of one read: so many keys are in one statement of ClickHouse.
const ITEMS: i64 = 1_000;

/// Collections whose posts have to be measured; fewer than 100 are all.
pub(in crate::modules::warehouse) async fn due(
    db: &Db<'_>,
    (since, observed_at, run): (DateTime<Utc>, DateTime<Utc>, DateTime<Utc>),
) -> Result<Vec<DueCollection>, Error> {
    let values = [since.into(), observed_at.into(), run.into(), DUE.into()];
    let rows = db.query_all_raw(statement(include_str!("../sql/collections/due.sql"), values));
    rows.await?.iter().map(|row| Ok(DueCollection::from_query_result(row, "")?)).collect()
}

/// When something was measured last; the beginning of time before.
pub(in crate::modules::warehouse) async fn measured_last(
    db: &Db<'_>,
) -> Result<DateTime<Utc>, Error> {
    let sql = "SELECT max(measured_at) AS at FROM measured_collection";
    let row = db.query_one_raw(statement(sql, [])).await?;
    let at = row.map(|row| row.try_get::<Option<DateTime<Utc>>>("", "at")).transpose()?;
    Ok(at.flatten().unwrap_or(DateTime::UNIX_EPOCH))
}

/// What a collection tracks behind an item: posts, or accounts whose posts it means; fewer than 1,000 are all.
pub(in crate::modules::warehouse) async fn tracked(
    db: &Db<'_>,
    collection: &DueCollection,
    after: i64,
) -> Result<Vec<Tracked>, Error> {
    let sql = match collection.is_of_posts() {
        true => include_str!("../sql/collections/posts.sql"),
        false => include_str!("../sql/collections/accounts.sql"),
    };
    let values = [collection.collection_id.clone().into(), after.into(), ITEMS.into()];
    let rows = db.query_all_raw(statement(sql, values)).await?;
    rows.iter().map(|row| Ok(Tracked::from_query_result(row, "")?)).collect()
}

/// Whether that was all that a collection tracks.
pub(in crate::modules::warehouse) fn is_last(page: &[Tracked]) -> bool {
    (page.len() as i64) < ITEMS
}

/// Whether there may be more collections to measure.
pub(in crate::modules::warehouse) fn may_be_more(page: &[DueCollection]) -> bool {
    page.len() as i64 == DUE
}

/// Writes the daily values of what a page of a collection tracks on one platform.
pub(in crate::modules::warehouse) async fn write_series(
    clickhouse: &ClickHouse,
    collection: &DueCollection,
    (platform, page): (&str, &[&Tracked]),
    measured_at: DateTime<Utc>,
) -> Result<(), Error> {
    let keys: Vec<&str> = page.iter().map(|one| one.key.as_str()).collect();
    let kinds: Vec<&str> = page.iter().map(|one| one.post_type.as_str()).collect();
    let items: Vec<i64> = page.iter().map(|one| one.id).collect();
    let query = clickhouse.client().query(include_str!("../sql/collections/series.sql"));
    let query = query.bind(platform).bind(!collection.is_of_posts()).bind(&keys);
    let query = query.bind(&keys).bind(kinds).bind(items);
    let query = query.bind(&collection.collection_type).bind(&collection.collection_id);
    Ok(query.bind(measured_at.timestamp_millis()).execute().await?)
}

/// How the posts of a collection stand, as one measurement wrote them, at most 1,000 at a time.
pub(in crate::modules::warehouse) struct Latest(RowCursor<MeasuredPost>);

impl Latest {
    /// Of this measurement.
    pub(in crate::modules::warehouse) fn of(
        clickhouse: &ClickHouse,
        collection: &DueCollection,
        (measured_at, zone): (DateTime<Utc>, Tz),
    ) -> Result<Self, Error> {
        let query = clickhouse.client().query(include_str!("../sql/collections/latest.sql"));
        let query = query.bind(zone.name());
        let query = query.bind(&collection.collection_type).bind(&collection.collection_id);
        Ok(Self(query.bind(measured_at.timestamp_millis()).fetch()?))
    }

    /// The next ones; none at the end.
    pub(in crate::modules::warehouse) async fn next(&mut self) -> Result<Vec<MeasuredPost>, Error> {
        let mut batch = Vec::new();
        while (batch.len() as i64) < ITEMS {
            let Some(post) = self.0.next().await? else { break };
            batch.push(post);
        }
        Ok(batch)
    }
}

/// The most frequent hashtags and words of a measurement.
pub(in crate::modules::warehouse) async fn words(
    clickhouse: &ClickHouse,
    collection: &DueCollection,
    measured_at: DateTime<Utc>,
) -> Result<Vec<Word>, Error> {
    let query = clickhouse.client().query(include_str!("../sql/collections/words.sql"));
    let query = query.bind(&collection.collection_type).bind(&collection.collection_id);
    let query = query.bind(measured_at.timestamp_millis()).bind(STOP_WORDS);
    Ok(query.fetch_all().await?)
}

/// Removes the daily values that the last measurement did not write again; all without one.
pub(in crate::modules::warehouse) async fn remove_series(
    clickhouse: &ClickHouse,
    collection: &DueCollection,
    measured_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let before = measured_at.map(|at| at.timestamp_millis());
    let of = "collection_type = ? AND collection_id = ? \
              AND ifNull(toUnixTimestamp64Milli(updated_at) < ?, true)";
    let bound = |sql: String| {
        let query = clickhouse.client().query(&sql).bind(&collection.collection_type);
        query.bind(&collection.collection_id).bind(before)
    };
    let count = bound(format!("SELECT count() FROM mart_collection_post_ts WHERE {of}"));
    if count.fetch_one::<u64>().await? > 0 {
        bound(format!("DELETE FROM mart_collection_post_ts WHERE {of}")).execute().await?;
    }
    Ok(())
}

/// Stores how posts stand.
pub(in crate::modules::warehouse) async fn store_posts(
    db: &Db<'_>,
    collection: &DueCollection,
    (share_id, measured_at): (&str, DateTime<Utc>),
    posts: &[MeasuredPost],
) -> Result<(), Error> {
    let posts = serde_json::to_value(posts).map_err(|error| Error::internal("posts", error))?;
    let values = [
        posts.into(),
        collection.collection_type.clone().into(),
        collection.collection_id.clone().into(),
        share_id.into(),
        measured_at.into(),
    ];
    db.execute_raw(statement(include_str!("../sql/collections/summary.sql"), values)).await?;
    Ok(())
}

/// Removes the posts that a measurement did not find again, all without one.
pub(in crate::modules::warehouse) async fn remove_posts(
    db: &Db<'_>,
    collection: &DueCollection,
    measured_at: Option<DateTime<Utc>>,
) -> Result<(), Error> {
    let sql = "DELETE FROM collection_post_metrics_summary \
               WHERE collection_type = $1 AND collection_id = $2 AND updated_at < coalesce($3, 'infinity')";
    db.execute_raw(statement(sql, named(collection, measured_at.into()))).await?;
    Ok(())
}

/// Replaces the hashtags and words of a collection.
pub(in crate::modules::warehouse) async fn store_words(
    db: &Db<'_>,
    collection: &DueCollection,
    share_id: &str,
    words: &[Word],
) -> Result<(), Error> {
    for (table, column, more, is_tag) in [
        ("collection_hashtag", "hashtag_name", ", ugc_tagged_count", true),
        ("collection_keyword", "keyword_name", "", false),
    ] {
        let delete =
            format!("DELETE FROM {table} WHERE collection_type = $1 AND collection_id = $2");
        let [kind, id, _] = named(collection, Value::Bool(None));
        db.execute_raw(statement(&delete, [kind.clone(), id.clone()])).await?;
        let counted = words.iter().filter(|word| word.is_tag == is_tag);
        let (names, counts): (Vec<String>, Vec<i64>) = counted
            .map(|word| (word.word.clone(), i64::try_from(word.tagged).unwrap_or(i64::MAX)))
            .unzip();
        let twice = if is_tag { ", count" } else { "" };
        let insert = format!(
            "INSERT INTO {table} (collection_type, collection_id, collection_share_id, {column}, tagged_count{more}) \
             SELECT $1, $2, $3, name, count{twice} FROM unnest($4::text[], $5::bigint[]) AS word (name, count)"
        );
        let values = [kind, id, share_id.into(), names.into(), counts.into()];
        db.execute_raw(statement(&insert, values)).await?;
    }
    Ok(())
}

/// Records a measurement, by what was observed until then.
pub(in crate::modules::warehouse) async fn record(
    db: &Db<'_>,
    collection: &DueCollection,
    (measured_at, observed_at): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), Error> {
    let sql = "INSERT INTO measured_collection (collection_type, collection_id, measured_at, observed_at) \
               VALUES ($1, $2, $3, $4) ON CONFLICT (collection_type, collection_id) DO UPDATE \
               SET measured_at = excluded.measured_at, observed_at = excluded.observed_at";
    let [kind, id, at] = named(collection, measured_at.into());
    db.execute_raw(statement(sql, [kind, id, at, observed_at.into()])).await?;
    Ok(())
}

/// Forgets a collection that has nothing to measure any more.
pub(in crate::modules::warehouse) async fn forget(
    db: &Db<'_>,
    collection: &DueCollection,
) -> Result<(), Error> {
    for table in ["collection_hashtag", "collection_keyword", "measured_collection"] {
        let sql = format!("DELETE FROM {table} WHERE collection_type = $1 AND collection_id = $2");
        let [kind, id, _] = named(collection, Value::Bool(None));
        db.execute_raw(statement(&sql, [kind, id])).await?;
    }
    Ok(())
}

fn named(collection: &DueCollection, value: Value) -> [Value; 3] {
    let DueCollection { collection_type, collection_id, .. } = collection;
    [collection_type.clone().into(), collection_id.clone().into(), value]
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
