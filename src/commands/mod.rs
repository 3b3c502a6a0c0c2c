//! The command line: one file per subcommand.
#![deny(clippy::print_stdout, reason = "a reader that goes away must not be a panic: say!")]

mod clickhouse;
mod contract;
mod dev;
mod dlq;
mod healthcheck;
mod import;
mod job;
mod migrate;
mod output;
mod owner;
mod partner;
mod password;
mod search;
mod serve;
pub mod token;
mod user;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::core::config::{Config, stray_variables};
use crate::core::tls::install_provider;

/// Influencer discovery, tracking and campaign measurement: gateway and API in one binary.
#[derive(Parser)]
#[command(name = "coffee", version)]
pub struct Cli {
    /// Directory of the mode files ({env}.toml) [default: config, where there is one].
    #[arg(long, global = true)]
    config_dir: Option<PathBuf>,
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Serve requests, carry events, handle messages and run jobs until SIGTERM or SIGINT.
    Serve(serve::ServeArgs),
    /// Create or upgrade the schemas of PostgreSQL and ClickHouse.
    Migrate(migrate::MigrateArgs),
    /// Import public data sets and derive what follows from them.
    Import(import::ImportArgs),
    /// Manage partners and their contracts.
    Partner(partner::PartnerArgs),
    /// Manage people who sign in with a password.
    User(user::UserArgs),
    /// Print a bearer token for development; creates partner, contract, usage counters, user and
    /// session when missing.
    Token(token::TokenCommand),
    /// Look after messages that were given up.
    Dlq(dlq::DlqArgs),
    /// List scheduled jobs, or run one now.
    Job(job::JobArgs),
    /// Make data for development and measurements; refuses in production.
    Dev(dev::DevArgs),
    /// Look after the search table of profiles.
    Search(search::SearchArgs),
    /// Print the HTTP contract (OpenAPI 3.1) as JSON.
    Openapi,
    /// List the routes: method, path, module, who may call.
    Routes(contract::RoutesArgs),
    /// Run the embedded ClickHouse engine as a server on a loopback address (development).
    Clickhouse(clickhouse::ClickHouseArgs),
    /// Exit 0 if the server on the operations port is ready; for container health checks.
    Healthcheck,
}

impl Command {
    /// Whether the command works on an installation; the others tell what the program is.
    fn opens_stores(&self) -> bool {
        !matches!(self, Self::Openapi | Self::Routes(_) | Self::Clickhouse(_) | Self::Healthcheck)
    }
}

/// Runs one command and reports its failure on standard error.
pub async fn run(cli: Cli) -> ExitCode {
    install_provider();
    match execute(cli).await {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("coffee: {error}");
            ExitCode::FAILURE
        }
    }
}

/// Cancels the token at SIGTERM or SIGINT.
fn cancel_on_signal(stop: &CancellationToken) -> std::io::Result<()> {
    let (mut terminate, mut interrupt) =
        (signal(SignalKind::terminate())?, signal(SignalKind::interrupt())?);
    let stop = stop.clone();
    actix_web::rt::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
        stop.cancel();
    });
    Ok(())
}

type Failure = Box<dyn std::error::Error + Send + Sync>;

async fn execute(cli: Cli) -> Result<(), Failure> {
    for stray in stray_variables(std::env::vars_os().map(|(name, _)| name)) {
        eprintln!("coffee: {stray}");
    }
    let config = || Config::load(cli.config_dir.as_deref());
    if cli.command.opens_stores() {
        config()?.check_production()?;
    }
    match cli.command {
        Command::Serve(args) => serve::run(config()?, args).await,
        Command::Migrate(args) => migrate::run(config()?, &args).await,
        Command::Import(args) => import::run(config()?, &args).await,
        Command::Partner(args) => partner::run(config()?, args).await,
        Command::User(args) => user::run(config()?, args).await,
        Command::Token(args) => token::run(config()?, &args).await,
        Command::Dlq(args) => dlq::run(config()?, args).await,
        Command::Job(args) => job::run(config()?, args).await,
        Command::Dev(args) => dev::run(config()?, args).await,
        Command::Search(args) => search::run(config()?, args).await,
        Command::Openapi => contract::print_openapi(&config()?),
        Command::Routes(args) => contract::print_routes(&config()?, &args),
        Command::Clickhouse(args) => clickhouse::run(args).await,
        Command::Healthcheck => healthcheck::run(&config()?).await,
    }
}
