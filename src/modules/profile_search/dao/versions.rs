//! Which version of each account both stores have.

use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult, Statement};

use super::super::entity::{PARTITION, Partition, RUN, Sum, Version, ids_of};
use super::{VISIBLE, accounts};
use crate::core::db::Db;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::types::Platform;

/// What a run adds up to in PostgreSQL.
pub(in super::super) async fn sum_of_postgres(
    db: &Db<'_>,
    platform: Platform,
    run: i64,
) -> Result<Sum, Error> {
    let sql = format!(
        "SELECT count(*) AS accounts, coalesce(sum(xmin::text::bigint), 0)::bigint AS versions \
         FROM {} account WHERE id BETWEEN $1 AND $2 AND {VISIBLE}",
        accounts(platform)
    );
    let (first, last) = ids_of(run);
    let values = [first.into(), last.into()];
    let select = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let row = db.query_one_raw(select).await?;
    let row = row.ok_or_else(|| Error::internal("postgresql", "no row was returned"))?;
    let number = |name| row.try_get::<i64>("", name).map(i64::unsigned_abs);
    Ok(Sum { run, accounts: number("accounts")?, versions: number("versions")? })
}

/// What the runs of a partition add up to as searches read them; one without accounts is left out.
pub(in super::super) async fn sums_of_clickhouse(
    clickhouse: &ClickHouse,
    partition: Partition,
) -> Result<Vec<Sum>, Error> {
    let first = partition.number * PARTITION;
    let sql = format!(
        "SELECT intDiv(id, {RUN}) AS run, count() AS accounts, sum(toUInt64(version)) AS versions \
         FROM ({}) GROUP BY run",
        effective(partition.platform, (first, first + (PARTITION - 1)))
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
         WHERE id BETWEEN $1 AND $2 AND {VISIBLE} ORDER BY id"
    );
    let (first, last) = ids_of(run);
    let values = [first.into(), last.into()];
    let rows =
        db.query_all_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    let version = |row: &QueryResult| {
        let version: i64 = row.try_get("", "version")?;
        let version = u32::try_from(version).map_err(|error| Error::internal("xmin", error))?;
        Ok(Version { id: row.try_get("", "id")?, version })
    };
    rows.iter().map(version).collect()
}

/// The versions of a run as searches read them, by id; 0, which no row has, where an account is there twice.
pub(in super::super) async fn of_clickhouse(
    clickhouse: &ClickHouse,
    platform: Platform,
    run: i64,
) -> Result<Vec<Version>, Error> {
    let sql = format!(
        "SELECT id, if(count() = 1, any(version), 0) AS version FROM ({}) GROUP BY id ORDER BY id",
        effective(platform, ids_of(run))
    );
    Ok(clickhouse.client().query(&sql).fetch_all().await?)
}

/// Id and version of the accounts from one id to another that searches find.
fn effective(platform: Platform, (first, last): (i64, i64)) -> String {
    let of = format!("platform = '{}' AND id BETWEEN {first} AND {last}", platform.name());
    format!(
        "SELECT id, tuple_version AS version FROM profile_search \
         WHERE {of} AND id NOT IN (SELECT id FROM profile_search_delta WHERE {of}) \
         UNION ALL \
         SELECT id, tuple_version AS version FROM profile_search_delta FINAL WHERE {of} AND is_visible"
    )
}
