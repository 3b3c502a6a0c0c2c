//! `coffee job`: scheduled jobs, by hand.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use clap::{Args, Subcommand};
use serde::Serialize;
use tokio_util::sync::CancellationToken;

use super::output::say;
use super::owner::print_json;
use super::{Failure, cancel_on_signal};
use crate::core::config::Config;
use crate::core::jobs::{self, Job, JobState};
use crate::core::stores::Stores;
use crate::modules::Modules;

/// Arguments of `coffee job`.
#[derive(Args)]
pub(super) struct JobArgs {
    #[command(subcommand)]
    command: JobCommand,
    /// Print JSON.
    #[arg(long, global = true)]
    json: bool,
}

#[derive(Subcommand)]
enum JobCommand {
    /// List the jobs with their last runs.
    List,
    /// Run a job now, whether it is due or not; not while a server runs it.
    Run {
        /// Name of the job.
        name: String,
    },
}

/// A job with its last run.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListedJob {
    name: &'static str,
    about: &'static str,
    /// 0 = only by hand.
    every_secs: u64,
    last_started_at: Option<DateTime<Utc>>,
    last_finished_at: Option<DateTime<Utc>>,
    last_error: Option<String>,
}

/// A run by hand.
#[derive(Serialize)]
struct Done {
    name: &'static str,
    /// Rows written.
    rows: u64,
}

pub(super) async fn run(config: Config, args: JobArgs) -> Result<(), Failure> {
    let jobs = Modules::new(&config).jobs();
    let zone = config.app.time_zone;
    match args.command {
        JobCommand::List => {
            let stores = Stores::open(config).await?;
            let listed = listed(&jobs, &jobs::states(&stores).await?);
            if args.json {
                return print_json(&listed);
            }
            print_list(&listed, zone);
            Ok(())
        }
        JobCommand::Run { name } => {
            let names = || jobs.iter().map(|job| job.name).collect::<Vec<_>>().join(", ");
            let job = jobs.iter().find(|job| job.name == name);
            let job = job.ok_or_else(|| format!("there is no job {name:?}, only {}", names()))?;
            let stores = Stores::open(config).await?;
            let stop = CancellationToken::new();
            cancel_on_signal(&stop)?;
            let rows = jobs::run_now(&stores, job, &stop).await?;
            let done = Done { name: job.name, rows };
            if args.json {
                return print_json(&done);
            }
            say!("{}: done, {rows} rows written", done.name);
            Ok(())
        }
    }
}

fn listed(jobs: &[Job], states: &[JobState]) -> Vec<ListedJob> {
    let listed = jobs.iter().map(|job| {
        let state = states.iter().find(|state| state.name == job.name);
        ListedJob {
            name: job.name,
            about: job.about,
            every_secs: job.every.as_secs(),
            last_started_at: state.and_then(|state| state.last_started_at),
            last_finished_at: state.and_then(|state| state.last_finished_at),
            last_error: state.and_then(|state| state.last_error.clone()),
        }
    });
    listed.collect()
}

fn print_list(jobs: &[ListedJob], zone: Tz) {
    say!("{:<16} {:>8}  {:<24} {:<24} OUTCOME", "NAME", "EVERY", "STARTED", "FINISHED");
    for job in jobs {
        let (started, finished) =
            (local(job.last_started_at, zone), local(job.last_finished_at, zone));
        let outcome = job.last_error.as_deref();
        let outcome = outcome.unwrap_or(if job.last_finished_at.is_some() { "done" } else { "" });
        let every = format!("{} s", job.every_secs);
        say!("{:<16} {every:>8}  {started:<24} {finished:<24} {outcome}", job.name);
    }
}

fn local(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    let text =
        |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string();
    at.map_or_else(|| "-".to_owned(), text)
}
