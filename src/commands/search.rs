//! `coffee search`: the search table of profiles.

use clap::{Args, Subcommand};

use super::Failure;
use super::output::say;
use super::owner::print_json;
use crate::core::config::Config;
use crate::core::db::Purpose;
use crate::core::stores::Stores;
use crate::modules::profile_search::{Maintenance, Standing};

/// Arguments of `coffee search`.
#[derive(Args)]
pub(super) struct SearchArgs {
    #[command(subcommand)]
    command: SearchCommand,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum SearchCommand {
    /// Build the search table out of PostgreSQL while it serves; after a store was restored, too. Goes on
    /// where an earlier rebuild broke off.
    Rebuild {
        /// Begin anew instead.
        #[arg(long)]
        anew: bool,
    },
    /// Whether searches use the table, and how far it is behind.
    Status,
}

pub(super) async fn run(config: Config, args: SearchArgs) -> Result<(), Failure> {
    let stores = Stores::open(config).await?.of(Purpose::Background);
    let maintenance =
        Maintenance::new(&stores).ok_or("no ClickHouse: set COFFEE__CLICKHOUSE__URL")?;
    if let SearchCommand::Rebuild { anew } = args.command {
        let quiet = args.json;
        let rebuilt = maintenance.rebuild(anew, |progress| {
            if !quiet {
                say!("{} of {} partitions", progress.done, progress.of);
            }
        });
        rebuilt.await?;
    }
    let standing = maintenance.standing().await?;
    if args.json {
        return print_json(&standing);
    }
    print(&standing);
    Ok(())
}

fn print(standing: &Standing) {
    let Standing { is_ready, rows, delta, waiting, waiting_since, rebuilt_at } = standing;
    say!("in use           {}", if *is_ready { "yes" } else { "no: coffee search rebuild" });
    if let Some(at) = rebuilt_at {
        say!("rebuilt          {}", at.to_rfc3339());
    }
    say!("accounts         {rows}, and {delta} changed since");
    match waiting_since {
        Some(since) => {
            say!("changes on their way: {waiting}, the oldest of {}", since.to_rfc3339());
        }
        None => say!("changes on their way: none"),
    }
}
