//! The migration of ClickHouse. It knows no transactions: every statement of a step may run again, and a
//! step that broke off is run again from its beginning.

use clickhouse::Client;
use clickhouse::sql::Identifier;

use super::step::{CLICKHOUSE, Migrations, statements};
use super::{Migrated, Report, version};
use crate::core::config::Config;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;

/// Tables of version 1, whose installations had no table of versions.
const BASELINE: &str = include_str!("../../../../migrations/clickhouse/0001_baseline.sql");
const VERSIONS: &str = "CREATE TABLE IF NOT EXISTS schema_version \
    (version UInt32, applied_at DateTime('UTC') DEFAULT now()) \
    ENGINE = ReplacingMergeTree(applied_at) ORDER BY version";

/// Migrates ClickHouse, creating the database where it is missing. Two at once are kept apart by
/// [`super::lock`].
///
/// # Errors
/// It does not answer, or refuses a statement.
pub async fn clickhouse(config: &Config, clickhouse: &ClickHouse) -> Result<Migrated, Error> {
    clickhouse_with(config, clickhouse, CLICKHOUSE, &|_| {}).await
}

/// The same with other steps, and a report of what happens.
///
/// # Errors
/// As [`clickhouse()`].
pub async fn clickhouse_with(
    config: &Config,
    clickhouse: &ClickHouse,
    migrations: Migrations,
    report: Report<'_>,
) -> Result<Migrated, Error> {
    let database = &config.clickhouse.database;
    let client = clickhouse.client();
    // Asked of `default`: the configured database may not exist yet.
    let create = client.clone().with_database("default").query("CREATE DATABASE IF NOT EXISTS ?");
    create.bind(Identifier(database)).execute().await?;
    let from = version::of_clickhouse(client).await?;
    let plan = migrations.plan(from);
    run(client, VERSIONS).await?;
    match from {
        None => {
            // Tables without a version are those of version 1, so that what breaks off says it is new.
            record(client, 0).await?;
            run(client, migrations.schema).await?;
            record(client, migrations.version()).await?;
        }
        Some(from) => {
            if from == 1 {
                run(client, BASELINE).await?;
                record(client, 1).await?;
            }
            for (version, step) in migrations.after(from) {
                report(&step.to_string());
                let failed =
                    |error| Error::internal("clickhouse", format!("{}: {error}", step.name));
                run(client, step.sql).await.map_err(failed)?;
                record(client, version).await?;
            }
        }
    }
    Ok(plan)
}

async fn run(client: &Client, script: &str) -> Result<(), Error> {
    for statement in statements(script) {
        client.query_raw(&statement).execute().await?;
    }
    Ok(())
}

async fn record(client: &Client, version: i32) -> Result<(), Error> {
    let sql = format!("INSERT INTO schema_version (version) VALUES ({version})");
    Ok(client.query_raw(&sql).execute().await?)
}
