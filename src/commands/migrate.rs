//! `coffee migrate`.

use clap::Args;
use serde_json::json;

use super::Failure;
use super::owner::print_json;
use crate::core::config::Config;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::migrate;

/// Arguments of `coffee migrate`.
#[derive(Args)]
pub(super) struct MigrateArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
}

pub(super) async fn run(config: Config, args: &MigrateArgs) -> Result<(), Failure> {
    let done = migrate::postgres_of(&config).await?;
    let clickhouse = ClickHouse::new(&config);
    if let Some(clickhouse) = &clickhouse {
        migrate::clickhouse(&config, clickhouse).await.map_err(|error| {
            format!(
                "cannot migrate ClickHouse at {}: {error}\n\
                 Start it (./dev up starts one), or set COFFEE__CLICKHOUSE__URL; empty = none.",
                config.clickhouse.url
            )
        })?;
    }
    let database = clickhouse.is_some().then_some(&config.clickhouse.database);
    if args.json {
        let postgresql = json!({"from": done.from, "to": done.to});
        return print_json(&json!({"postgresql": postgresql, "clickhouse": database}));
    }
    match done.from {
        Some(from) if from == done.to => println!("PostgreSQL is at version {}", done.to),
        Some(from) => println!("PostgreSQL went from version {from} to {}", done.to),
        None => println!("PostgreSQL schema created, version {}", done.to),
    }
    match database {
        Some(database) => println!("ClickHouse database {database} is up to date"),
        None => println!("ClickHouse is not configured"),
    }
    Ok(())
}
