//! `coffee dev`: for development and measurements only.

use clap::{Args, Subcommand};

use super::Failure;
use super::output::say;
use crate::core::config::{Config, Env};
use crate::core::db::Purpose;
use crate::core::stores::Stores;
use crate::import::generate;
use crate::modules::profile_search::Maintenance;

/// Arguments of `coffee dev`.
#[derive(Args)]
pub(super) struct DevArgs {
    #[command(subcommand)]
    command: DevCommand,
}

#[derive(Subcommand)]
enum DevCommand {
    /// Add accounts that nobody has, the same ones every time: four on Instagram for each channel on YouTube.
    /// They are written without their indexes, which are built anew, and into the search table.
    Generate {
        /// How many; ten million take PostgreSQL about half an hour and 16 GB.
        #[arg(long, value_name = "N")]
        profiles: u64,
    },
}

pub(super) async fn run(config: Config, args: DevArgs) -> Result<(), Failure> {
    if config.env == Env::Production {
        return Err("refused in production".into());
    }
    let DevCommand::Generate { profiles } = args.command;
    generate(&config, profiles).await?;
    let stores = Stores::open(config).await?.of(Purpose::Background);
    let Some(maintenance) = Maintenance::new(&stores) else { return Ok(()) };
    let rows = maintenance.rebuild(true, |_| {}).await?;
    say!("the search table has {rows} accounts");
    Ok(())
}
