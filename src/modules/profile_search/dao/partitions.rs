//! The search table as a whole and its partitions, each of which is replaced at once.

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::super::entity::{PARTITION, Partition};
use super::accounts;
use crate::core::db::Db;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::types::Platform;

/// Number of a partition that stands for all of them.
const ALL: i64 = -1;
/// No search takes longer: one that began before a partition was replaced is over by then.
const GRACE_SECS: u32 = 120;
/// Pause between two looks at files that searches still read.
const LOOK: Duration = Duration::from_millis(100);

impl Partition {
    /// Condition on its rows, in every table.
    fn condition(self) -> String {
        let (platform, number) = (self.platform.name(), self.number);
        format!("platform = '{platform}' AND intDiv(id, {PARTITION}) = {number}")
    }

    /// How statements name it.
    fn name(self) -> String {
        format!("('{}', {})", self.platform.name(), self.number)
    }
}

/// Whether the table was built from nothing once, so that it is complete.
pub(in super::super) async fn is_ready(clickhouse: &ClickHouse) -> Result<bool, Error> {
    let sql = "SELECT count() > 0 FROM profile_search_rebuilt WHERE partition = ?";
    Ok(clickhouse.client().query(sql).bind(ALL).fetch_one().await?)
}

/// Rows that were written in bulk, and those of the delta.
pub(in super::super) async fn size(clickhouse: &ClickHouse) -> Result<(u64, u64), Error> {
    let sql = "SELECT assumeNotNull((SELECT count() FROM profile_search)), \
               assumeNotNull((SELECT count() FROM profile_search_delta))";
    Ok(clickhouse.client().query(sql).fetch_one().await?)
}

/// When the table was last built from nothing.
pub(in super::super) async fn last_rebuild(
    clickhouse: &ClickHouse,
) -> Result<Option<DateTime<Utc>>, Error> {
    let sql = "SELECT toUnixTimestamp64Milli(max(rebuilt_at)) FROM profile_search_rebuilt WHERE partition = ?";
    let at: i64 = clickhouse.client().query(sql).bind(ALL).fetch_one().await?;
    Ok(DateTime::from_timestamp_millis(at).filter(|_| at > 0))
}

/// Number of the rebuild that is to be done, and the partitions that it has written already: one that broke
/// off goes on.
pub(in super::super) async fn unfinished(
    clickhouse: &ClickHouse,
    begins_anew: bool,
) -> Result<(u64, BTreeSet<Partition>), Error> {
    let sql = "SELECT max(rebuild), countIf(partition = ? AND rebuild = (SELECT max(rebuild) FROM profile_search_rebuilt)) \
               FROM profile_search_rebuilt";
    let (last, ended): (u64, u64) = clickhouse.client().query(sql).bind(ALL).fetch_one().await?;
    if last == 0 || ended > 0 || begins_anew {
        return Ok((last + 1, BTreeSet::new()));
    }
    let sql = "SELECT platform, partition FROM profile_search_rebuilt WHERE rebuild = ?";
    let rows: Vec<(String, i64)> = clickhouse.client().query(sql).bind(last).fetch_all().await?;
    let partitions = rows.into_iter().filter_map(|(platform, number)| {
        Some(Partition { platform: Platform::parse(&platform)?, number })
    });
    Ok((last, partitions.collect()))
}

/// The clock by which rows of the delta are dated, in milliseconds.
pub(in super::super) async fn clickhouse_time(clickhouse: &ClickHouse) -> Result<i64, Error> {
    let sql = "SELECT toUnixTimestamp64Milli(now64(3))";
    Ok(clickhouse.client().query(sql).fetch_one().await?)
}

/// Records that a partition has all that the delta had at that time; `None` = that a rebuild is complete.
/// Rebuild 0 is what was folded in.
pub(in super::super) async fn record(
    clickhouse: &ClickHouse,
    (rebuild, partition): (u64, Option<Partition>),
    begun_at: i64,
) -> Result<(), Error> {
    let sql = "INSERT INTO profile_search_rebuilt (rebuild, platform, partition, begun_at) \
               SELECT ?, ?, ?, fromUnixTimestamp64Milli(?)";
    let platform = partition.map_or("", |partition| partition.platform.name());
    let number = partition.map_or(ALL, |partition| partition.number);
    let insert = clickhouse.client().query(sql).bind(rebuild).bind(platform).bind(number);
    Ok(insert.bind(begun_at).execute().await?)
}

/// Partitions of the table and of its delta.
pub(in super::super) async fn clickhouse_partitions(
    clickhouse: &ClickHouse,
    table: &str,
) -> Result<BTreeSet<Partition>, Error> {
    let sql =
        format!("SELECT DISTINCT CAST(platform AS String), intDiv(id, {PARTITION}) FROM {table}");
    let rows: Vec<(String, i64)> = clickhouse.client().query(&sql).fetch_all().await?;
    let partitions = rows.into_iter().filter_map(|(platform, number)| {
        Some(Partition { platform: Platform::parse(&platform)?, number })
    });
    Ok(partitions.collect())
}

/// Partitions in which PostgreSQL has accounts, one look at the primary key for each: ids may be far apart.
pub(in super::super) async fn postgres_partitions(
    db: &Db<'_>,
) -> Result<BTreeSet<Partition>, Error> {
    let mut partitions = BTreeSet::new();
    for platform in [Platform::Instagram, Platform::Youtube] {
        let sql = format!(
            "WITH RECURSIVE next AS ( \
                 SELECT min(id) / {PARTITION} AS number FROM {table} WHERE id >= 0 \
                 UNION ALL \
                 SELECT (SELECT min(id) / {PARTITION} FROM {table} \
                         WHERE id > next.number * {PARTITION} + ({PARTITION} - 1)) \
                 FROM next WHERE next.number IS NOT NULL) \
             SELECT number FROM next WHERE number IS NOT NULL",
            table = accounts(platform)
        );
        let rows = db.query_all_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
        for row in rows {
            partitions.insert(Partition { platform, number: row.try_get("", "number")? });
        }
    }
    Ok(partitions)
}

/// Empties a partition of the staging table.
pub(in super::super) async fn stage_nothing(
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<(), Error> {
    drop_from(clickhouse, "profile_search_staging", partition).await
}

/// How many accounts are staged of a partition.
///
/// # Errors
/// Some are there twice: an insert of somebody who was killed came to its end.
pub(in super::super) async fn staged(
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<u64, Error> {
    let sql = format!(
        "SELECT count(), uniqExact(id) FROM profile_search_staging WHERE {}",
        partition.condition()
    );
    let (rows, accounts): (u64, u64) = clickhouse.client().query(&sql).fetch_one().await?;
    if rows == accounts {
        return Ok(accounts);
    }
    Err(Error::internal("profile search", "accounts were staged twice; the next run begins anew"))
}

/// Puts the staged partition in the place of the one that searches read, and empties the stage. What was
/// replaced is gone by then: a ClickHouse that dies earlier has both when it is back, and something on the stage.
pub(in super::super) async fn replace(
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<(), Error> {
    let name = partition.name();
    let sql =
        format!("ALTER TABLE profile_search REPLACE PARTITION {name} FROM profile_search_staging");
    clickhouse.client().query_raw(&sql).execute().await?;
    remove_replaced(clickhouse).await?;
    stage_nothing(clickhouse, partition).await
}

/// Waits until the files of replaced rows are removed, which ClickHouse does in its own time, or with those of
/// a partition that is dropped, though none has that name; but not while a search reads them.
async fn remove_replaced(clickhouse: &ClickHouse) -> Result<(), Error> {
    let deadline = Instant::now() + Duration::from_secs(GRACE_SECS.into());
    let nothing = Partition { platform: Platform::Instagram, number: ALL };
    let sql = "SELECT count() FROM system.parts WHERE database = currentDatabase() \
               AND table = 'profile_search' AND NOT active AND toUnixTimestamp(remove_time) = 0";
    while Instant::now() < deadline {
        drop_partition(clickhouse, nothing).await?;
        let left: u64 = clickhouse.client().query(sql).fetch_one().await?;
        if left == 0 {
            return Ok(());
        }
        tokio::time::sleep(LOOK).await;
    }
    Err(Error::internal("profile search", "somebody still reads what was replaced"))
}

/// Removes a partition that has no accounts any more.
pub(in super::super) async fn drop_partition(
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<(), Error> {
    drop_from(clickhouse, "profile_search", partition).await
}

async fn drop_from(
    clickhouse: &ClickHouse,
    table: &str,
    partition: Partition,
) -> Result<(), Error> {
    let sql = format!("ALTER TABLE {table} DROP PARTITION {}", partition.name());
    Ok(clickhouse.client().query_raw(&sql).execute().await?)
}

/// Stages a partition as searches read it, with what the delta had at that time.
pub(in super::super) async fn fold(
    clickhouse: &ClickHouse,
    partition: Partition,
    until: i64,
) -> Result<(), Error> {
    let of = partition.condition();
    let then = format!("written_at <= fromUnixTimestamp64Milli(toInt64({until}))");
    let unchanged = format!(
        "INSERT INTO profile_search_staging SELECT * FROM profile_search WHERE {of} \
         AND id NOT IN (SELECT id FROM profile_search_delta WHERE {of} AND {then})"
    );
    let changed = format!(
        "INSERT INTO profile_search_staging SELECT * FROM profile_search_delta FINAL \
         WHERE {of} AND is_visible AND {then}"
    );
    for sql in [unchanged, changed] {
        clickhouse.client().query_raw(&sql).execute().await?;
    }
    Ok(())
}

/// Removes from the delta what the table has had long enough for every search to have seen it.
pub(in super::super) async fn clean(clickhouse: &ClickHouse) -> Result<u64, Error> {
    let sql = format!(
        "SELECT CAST(d.platform AS String), intDiv(d.id, {PARTITION}) AS number, \
                toUnixTimestamp64Milli(any(r.begun)), count() \
         FROM profile_search_delta d \
         JOIN (SELECT platform, partition, max(begun_at) AS begun FROM profile_search_rebuilt \
               WHERE rebuilt_at < now64(3) - {GRACE_SECS} GROUP BY platform, partition) r \
         ON r.platform = CAST(d.platform AS String) AND r.partition = intDiv(d.id, {PARTITION}) \
         WHERE d.written_at <= r.begun GROUP BY d.platform, number"
    );
    let rows: Vec<(String, i64, i64, u64)> = clickhouse.client().query(&sql).fetch_all().await?;
    let mut removed = 0;
    for (platform, number, begun, count) in rows {
        let Some(platform) = Platform::parse(&platform) else { continue };
        let of = Partition { platform, number }.condition();
        let sql = format!(
            "DELETE FROM profile_search_delta \
             WHERE {of} AND written_at <= fromUnixTimestamp64Milli(toInt64({begun}))"
        );
        clickhouse.client().query_raw(&sql).execute().await?;
        removed += count;
    }
    Ok(removed)
}
