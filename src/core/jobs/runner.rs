//! Runs jobs when they are due.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::Utc;
use futures_util::FutureExt as _;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::lock::JobLock;
use super::state::look;
use super::{Job, JobRun, When};
use crate::core::db::Purpose;
use crate::core::error::{Error, panic_text};
use crate::core::stores::Stores;

/// Pause after which a job is looked at again that another replica runs, or that cannot be looked at.
const LOOK_AGAIN: Duration = Duration::from_secs(30);
/// Longest pause between two looks, so that a run by hand, or of a replica that died, is noticed.
const LONGEST_PAUSE: Duration = Duration::from_secs(300);
/// Pause after a panic that was not the work's own.
const RESTART_PAUSE: Duration = Duration::from_secs(1);
/// Time for recording that a run was stopped.
const GIVING_BACK: Duration = Duration::from_secs(2);

/// Why a run by hand did not do its work.
#[derive(Debug, thiserror::Error)]
pub enum RunError {
    /// It runs elsewhere.
    #[error("the job runs at this moment")]
    Running,
    /// The work failed, panicked or took too long; the text is in `job_run` as well.
    #[error("{0}")]
    Failed(String),
    /// The process stops.
    #[error("stopped before its end")]
    Stopped,
    /// Nothing is known of the work.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Runs each job whenever it is due, until `stop`: the jobs beside each other, and each on one replica
/// only.
pub async fn run(stores: Stores, jobs: Arc<[Job]>, stop: CancellationToken) {
    let stores = stores.of(Purpose::Background);
    let mut loops = JoinSet::new();
    let (succeeded, _) = watch::channel(());
    for job in jobs.iter().filter(|job| job.when != When::ByHand) {
        let (stores, job, stop) = (stores.clone(), job.clone(), stop.clone());
        let succeeded = succeeded.clone();
        loops.spawn(async move { keep(&stores, &job, &succeeded, &stop).await });
    }
    while loops.join_next().await.is_some() {}
    stop.cancelled().await;
}

/// Runs a job now, whether it is due or not; the rows that it wrote.
///
/// # Errors
/// It runs elsewhere, or could not do its work.
pub async fn run_now(
    stores: &Stores,
    job: &Job,
    stop: &CancellationToken,
) -> Result<u64, RunError> {
    let stores = &stores.of(Purpose::Background);
    let lock = JobLock::take(stores, job.name).await?.ok_or(RunError::Running)?;
    lock.start().await?;
    work(stores, job, lock, stop).await
}

/// `succeeded` tells the jobs of this process of each other's successes.
async fn keep(stores: &Stores, job: &Job, succeeded: &watch::Sender<()>, stop: &CancellationToken) {
    let mut successes = succeeded.subscribe();
    while !stop.is_cancelled() {
        successes.mark_unchanged();
        // The work's own panics are caught where it runs; this is for what breaks around it.
        let attempt = AssertUnwindSafe(attempt(stores, job, succeeded, stop)).catch_unwind().await;
        let pause = match attempt {
            Ok(Ok(pause)) => pause,
            Ok(Err(error)) => {
                tracing::warn!(job = job.name, %error, "job cannot be looked at");
                LOOK_AGAIN
            }
            Err(panic) => {
                stores.metrics.panics.inc();
                stores.metrics.jobs.observe(job.name, "panicked", Duration::ZERO);
                let error = panic_text(panic.as_ref());
                tracing::error!(job = job.name, error, "the runner of a job panicked and goes on");
                RESTART_PAUSE
            }
        };
        tokio::select! {
            () = stop.cancelled() => {}
            () = tokio::time::sleep(pause) => {}
            _ = successes.changed(), if matches!(job.when, When::After(_)) => {}
        }
    }
}

/// Runs the job if it is due and nobody else does; the pause until the next look.
async fn attempt(
    stores: &Stores,
    job: &Job,
    succeeded: &watch::Sender<()>,
    stop: &CancellationToken,
) -> Result<Duration, Error> {
    if look(stores, job).await?.is_due() {
        let Some(lock) = JobLock::take(stores, job.name).await? else { return Ok(LOOK_AGAIN) };
        // Another replica may have run it between the look and the lock.
        if look(stores, job).await?.is_due() {
            lock.start().await?;
            // Counted, logged and recorded already.
            if work(stores, job, lock, stop).await.is_ok() {
                succeeded.send_replace(());
            }
        } else {
            lock.release().await;
        }
    }
    let longest = match job.when {
        // Its lock may come with a run of another replica.
        When::After(_) => LOOK_AGAIN,
        _ => LONGEST_PAUSE,
    };
    Ok(look(stores, job).await?.wait.unwrap_or(longest).min(longest))
}

async fn work(
    stores: &Stores,
    job: &Job,
    mut lock: JobLock<'_>,
    stop: &CancellationToken,
) -> Result<u64, RunError> {
    let started = Instant::now();
    let limit = Duration::from_secs(stores.config.jobs.limit_secs);
    let limit = job.deadline.unwrap_or(limit);
    let deadline = started + limit;
    let run = JobRun { stores: stores.clone(), name: job.name, now: Utc::now(), deadline };
    let working = AssertUnwindSafe(async { (job.work)(run).await }).catch_unwind();
    let outcome = tokio::select! {
        () = stop.cancelled() => None,
        () = lock.lost() => Some(Err(("failed", "the lock was lost".to_owned()))),
        done = tokio::time::timeout(limit, working) => Some(match done {
            Ok(Ok(Ok(rows))) => Ok(rows),
            Ok(Ok(Err(Error::TimedOut))) | Err(_) => {
                Err(("timed_out", format!("not done after {} s", limit.as_secs_f64())))
            }
            Ok(Ok(Err(error))) => Err(("failed", error.to_string())),
            Ok(Err(panic)) => {
                stores.metrics.panics.inc();
                Err(("panicked", format!("panicked: {}", panic_text(panic.as_ref()))))
            }
        }),
    };
    let took = started.elapsed();
    let metrics = &stores.metrics.jobs;
    match outcome {
        None => {
            metrics.observe(job.name, "stopped", took);
            tracing::info!(job = job.name, "job stopped before its end");
            let giving = tokio::time::timeout(GIVING_BACK, lock.give_back());
            if !matches!(giving.await, Ok(Ok(()))) {
                tracing::warn!(job = job.name, "the stop of a job could not be recorded");
            }
            Err(RunError::Stopped)
        }
        Some(Ok(rows)) => {
            metrics.observe(job.name, "done", took);
            tracing::info!(job = job.name, rows, took_ms = took.as_millis() as u64, "job done");
            lock.finish(None).await?;
            Ok(rows)
        }
        Some(Err((outcome, error))) => {
            metrics.observe(job.name, outcome, took);
            match lock.finish(Some(&error)).await {
                Ok(failures) if failures <= job.retries => {
                    tracing::warn!(
                        job = job.name,
                        failures,
                        error,
                        "job failed and is tried again"
                    );
                }
                Ok(failures) => {
                    tracing::error!(job = job.name, failures, error, "job failed");
                }
                Err(unrecorded) => {
                    tracing::error!(job = job.name, error, %unrecorded, "job failed");
                    return Err(unrecorded.into());
                }
            }
            Err(RunError::Failed(error))
        }
    }
}
