//! `coffee migrate`.

use clap::Args;
use serde_json::{Value, json};

use super::Failure;
use super::output::say;
use super::owner::{as_owner, print_json};
use crate::core::config::Config;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::migrate::{self, CLICKHOUSE, Migrated, POSTGRES};
use crate::modules::identity::IdentityService;

/// Arguments of `coffee migrate`.
#[derive(Args)]
pub(super) struct MigrateArgs {
    /// Print JSON.
    #[arg(long)]
    json: bool,
    /// Print the steps that would run, and change nothing.
    #[arg(long)]
    dry_run: bool,
}

pub(super) async fn run(config: Config, args: &MigrateArgs) -> Result<(), Failure> {
    let clickhouse = ClickHouse::new(&config);
    let unreachable = |error| {
        format!(
            "cannot migrate ClickHouse at {}: {error}\n\
             Start it (./dev up starts one), or set COFFEE__CLICKHOUSE__URL; empty = none.",
            config.clickhouse.url
        )
    };
    let mut connection = migrate::connect(&config).await?;
    let (of_postgres, of_clickhouse) = if args.dry_run {
        migrate::plan(&mut connection, clickhouse.as_ref()).await?
    } else {
        let report = |text: &str| eprintln!("{text}");
        migrate::lock(&mut connection, &report).await?;
        let done = migrate::postgres_with(&mut connection, POSTGRES, &report).await?;
        let of_clickhouse = match &clickhouse {
            Some(store) => Some(
                migrate::clickhouse_with(&config, store, CLICKHOUSE, &report)
                    .await
                    .map_err(unreachable)?,
            ),
            None => None,
        };
        (done, of_clickhouse)
    };
    drop(connection);
    if !args.dry_run {
        key_addresses(&config).await?;
    }
    if args.json {
        return print_json(&json!({
            "postgresql": to_json(&of_postgres),
            "clickhouse": of_clickhouse.as_ref().map(to_json),
        }));
    }
    print("PostgreSQL", &of_postgres, args.dry_run);
    match of_clickhouse {
        Some(migrated) => print("ClickHouse", &migrated, args.dry_run),
        None => say!("ClickHouse is not configured"),
    }
    Ok(())
}

/// Addresses that were stored before they had keys get them.
async fn key_addresses(config: &Config) -> Result<(), Failure> {
    let keyed = async |session: &_| IdentityService::default().key_addresses(session).await;
    for (id, email) in as_owner(config.clone(), keyed).await? {
        eprintln!(
            "coffee: the address {email} of user {id} is another user's but for case or Unicode form: \
             that user signs in with it exactly as it is written here"
        );
    }
    Ok(())
}

fn to_json(migrated: &Migrated) -> Value {
    json!({"from": migrated.from, "to": migrated.to, "steps": migrated.steps})
}

fn print(store: &str, migrated: &Migrated, dry_run: bool) {
    let Migrated { from, to, steps } = migrated;
    match from {
        Some(from) if from == to => say!("{store} is at version {to}"),
        Some(from) if dry_run => say!("{store} would go from version {from} to {to}:"),
        Some(from) => say!("{store} went from version {from} to {to}:"),
        None if dry_run => say!("{store} schema would be created, version {to}"),
        None => say!("{store} schema created, version {to}"),
    }
    if from.is_some() {
        steps.iter().for_each(|step| say!("  {step}"));
    }
}
