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
use crate::core::jobs::{self, Job, JobState, When};
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
    /// When it is due, for people.
    when: String,
    /// Seconds from start to start; 0 = another schedule, or only by hand.
    every_secs: u64,
    /// When it is due next, maybe in the past; absent = not before another job, or somebody, has it run.
    next_at: Option<DateTime<Utc>>,
    last_started_at: Option<DateTime<Utc>>,
    last_finished_at: Option<DateTime<Utc>>,
    last_succeeded_at: Option<DateTime<Utc>>,
    /// Failed runs since the last success.
    failures: u32,
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
    let jobs = jobs::plan(&Modules::new(&config)?.jobs, &config)?;
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
    let now = Utc::now();
    let listed = jobs.iter().map(|job| {
        let state = states.iter().find(|state| state.name == job.name);
        let state = state.cloned().unwrap_or_default();
        ListedJob {
            name: job.name,
            about: job.about,
            when: job.when.to_string(),
            every_secs: match job.when {
                When::Every(every) => every.as_secs(),
                _ => 0,
            },
            next_at: jobs::due(job, states, now),
            last_started_at: state.last_started_at,
            last_finished_at: state.last_finished_at,
            last_succeeded_at: state.last_succeeded_at,
            failures: state.failures,
            last_error: state.last_error,
        }
    });
    listed.collect()
}

fn print_list(jobs: &[ListedJob], zone: Tz) {
    let when = jobs.iter().map(|job| job.when.len()).max().unwrap_or_default();
    say!(
        "{:<18} {:<when$}  {:<24} {:<24} {:<24} OUTCOME",
        "NAME",
        "WHEN",
        "STARTED",
        "FINISHED",
        "NEXT"
    );
    for job in jobs {
        let [started, finished, next] = [job.last_started_at, job.last_finished_at, job.next_at]
            .map(|instant| local(instant, zone));
        let outcome = match (&job.last_error, job.last_finished_at) {
            (Some(error), _) if job.failures > 1 => format!("{error} ({} times)", job.failures),
            (Some(error), _) => error.clone(),
            (None, Some(_)) => "done".to_owned(),
            (None, None) => String::new(),
        };
        say!(
            "{:<18} {:<when$}  {started:<24} {finished:<24} {next:<24} {outcome}",
            job.name,
            job.when
        );
    }
}

fn local(at: Option<DateTime<Utc>>, zone: Tz) -> String {
    let text =
        |at: DateTime<Utc>| at.with_timezone(&zone).format("%Y-%m-%d %H:%M:%S %Z").to_string();
    at.map_or_else(|| "-".to_owned(), text)
}
