//! Which version of each account both stores have.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult, Statement};

use super::super::entity::{CHUNK, PARTITION, Partition, Sum, Version};
use super::{VISIBLE, accounts};
use crate::core::db::Db;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::types::Platform;

/// What the runs of a partition add up to in PostgreSQL.
pub(in super::super) async fn sums_of_postgres(
    db: &Db<'_>,
    partition: Partition,
) -> Result<Vec<Sum>, Error> {
    let table = accounts(partition.platform);
    let sql = format!(
        "SELECT id / {CHUNK} AS run, count(*) AS accounts, \
                sum(xmin::text::bigint)::bigint AS versions \
         FROM {table} account WHERE id >= $1 AND id < $2 AND {VISIBLE} GROUP BY 1 ORDER BY 1"
    );
    let from = partition.number * PARTITION;
    let values = [from.into(), (from + PARTITION).into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let number = |row: &QueryResult, name| -> Result<u64, Error> {
        Ok(row.try_get::<i64>("", name)?.unsigned_abs())
    };
    let sum = |row: &QueryResult| {
        let (accounts, versions) = (number(row, "accounts")?, number(row, "versions")?);
        Ok(Sum { run: row.try_get("", "run")?, accounts, versions })
    };
    rows.iter().map(sum).collect()
}

/// What they add up to as searches read them.
pub(in super::super) async fn sums_of_clickhouse(
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<Vec<Sum>, Error> {
    let from = partition.number * PARTITION;
    let sql = format!(
        "SELECT intDiv(id, {CHUNK}) AS run, count() AS accounts, sum(toUInt64(version)) AS versions \
         FROM ({}) GROUP BY run ORDER BY run",
        effective(partition.platform, (from, from + PARTITION))
    );
    Ok(clickhouse.client().query(&sql).fetch_all().await?)
}

/// The versions of a run in PostgreSQL, by id.
pub(in super::super) async fn of_postgres(
    db: &Db<'_>,
    platform: Platform,
    run: i64,
) -> Result<Vec<Version>, Error> {
    let table = accounts(platform);
    let sql = format!(
        "SELECT id, xmin::text::bigint AS version FROM {table} account \
         WHERE id >= $1 AND id < $2 AND {VISIBLE} ORDER BY id"
    );
    let from = run * CHUNK;
    let values = [from.into(), (from + CHUNK).into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let version = |row: &QueryResult| {
        let version: i64 = row.try_get("", "version")?;
        let version = u32::try_from(version).map_err(|error| Error::internal("xmin", error))?;
        Ok(Version { id: row.try_get("", "id")?, version })
    };
    rows.iter().map(version).collect()
}

/// The versions of a run as searches read them, by id.
pub(in super::super) async fn of_clickhouse(
    clickhouse: &ClickHouse,
    platform: Platform,
    run: i64,
) -> Result<Vec<Version>, Error> {
    let from = run * CHUNK;
    let sql = format!(
        "SELECT id, version FROM ({}) ORDER BY id",
        effective(platform, (from, from + CHUNK))
    );
    Ok(clickhouse.client().query(&sql).fetch_all().await?)
}

/// Id and version of the accounts between two ids that searches find.
fn effective(platform: Platform, (from, to): (i64, i64)) -> String {
    let of = format!("platform = '{}' AND id >= {from} AND id < {to}", platform.name());
    format!(
        "SELECT id, tuple_version AS version FROM profile_search \
         WHERE {of} AND id NOT IN (SELECT id FROM profile_search_delta WHERE {of}) \
         UNION ALL \
         SELECT id, tuple_version AS version FROM profile_search_delta FINAL WHERE {of} AND is_visible"
    )
}
