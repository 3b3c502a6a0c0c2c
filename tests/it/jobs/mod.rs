//! Scheduled jobs: when they run, on which replica, and what each does.

mod accounts;
mod collection_metrics;
mod commands;
mod expiry;
mod keyword_reports;
mod runner;
mod schedule;
mod usage_reset;

use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use coffee::core::jobs::{self, Job, JobRun, JobState, RunError};
use coffee::core::stores::Stores;
use coffee::modules::Modules;
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::support::TestApp;

/// A replica: its own connections to the stores of the application.
async fn replica(app: &TestApp) -> Stores {
    Stores::open(app.config.clone()).await.expect("stores open")
}

/// Runs one of the application's jobs; the rows that it wrote.
pub async fn run(app: &TestApp, name: &str) -> u64 {
    try_run(app, name).await.expect("runs")
}

/// The same, of a job that may fail.
async fn try_run(app: &TestApp, name: &str) -> Result<u64, RunError> {
    let all: Arc<_> = Modules::new(&app.config).expect("modules").jobs;
    let job = all.iter().find(|job| job.name == name).expect("a job");
    let stop = CancellationToken::new();
    jobs::run_now(&replica(app).await, job, &stop).await
}

/// A run at another time.
async fn at(app: &TestApp, now: &str) -> JobRun {
    let now: DateTime<Utc> = now.parse().expect("an instant");
    JobRun {
        stores: replica(app).await,
        name: "test",
        now,
        deadline: Instant::now() + Duration::from_secs(60),
    }
}

async fn state(app: &TestApp, name: &str) -> Option<JobState> {
    let stores = replica(app).await;
    let states = jobs::states(&stores).await.expect("states");
    states.into_iter().find(|state| state.name == name)
}

fn start(stores: &Stores, jobs: &[Job], stop: &CancellationToken) -> JoinHandle<()> {
    tokio::spawn(jobs::run(stores.clone(), jobs.into(), stop.clone()))
}

fn metric(stores: &Stores, line: &str) -> bool {
    let text = String::from_utf8(stores.metrics.render().expect("metrics")).expect("text");
    text.lines().any(|one| one == line)
}

/// Waits until `condition` holds, at most twenty seconds.
async fn until<F: Future<Output = bool>>(what: &str, condition: impl Fn() -> F) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while !condition().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}
