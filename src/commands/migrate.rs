//! `coffee migrate`.

use super::Failure;
use crate::core::config::Config;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::migrate;

pub(super) async fn run(config: Config) -> Result<(), Failure> {
    let done = migrate::postgres_of(&config).await?;
    match done.from {
        Some(from) if from == done.to => println!("PostgreSQL is at version {}", done.to),
        Some(from) => println!("PostgreSQL went from version {from} to {}", done.to),
        None => println!("PostgreSQL schema created, version {}", done.to),
    }
    match ClickHouse::new(&config) {
        Some(clickhouse) => {
            migrate::clickhouse(&config, &clickhouse).await.map_err(|error| {
                format!(
                    "cannot migrate ClickHouse at {}: {error}\n\
                     Start it (./dev up starts one), or set COFFEE__CLICKHOUSE__URL; empty = none.",
                    config.clickhouse.url
                )
            })?;
            println!("ClickHouse database {} is up to date", config.clickhouse.database);
        }
        None => println!("ClickHouse is not configured"),
    }
    Ok(())
}
