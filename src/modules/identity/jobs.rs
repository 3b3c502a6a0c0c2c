//! Scheduled jobs of the module.

use std::time::Duration;

use super::dao::{refresh_token, session};
use crate::core::config::Config;
use crate::core::error::Error;
use crate::core::jobs::{Job, JobRun, in_batches};

/// Rows of one transaction.
const BATCH: u64 = 1_000;

/// Jobs of the module.
pub fn jobs(config: &Config) -> Vec<Job> {
    let every = Duration::from_secs(config.jobs.ended_sessions_secs);
    let about = "Remove sessions and refresh tokens whose time is over";
    vec![Job::new(("ended-sessions", about), every, async |run| remove_ended(&run).await)]
}

async fn remove_ended(run: &JobRun) -> Result<u64, Error> {
    let sessions = in_batches(BATCH, async || {
        let work = run.as_platform();
        let removed = session::delete_all_expired(&work.write().await?, run.now, BATCH).await?;
        work.commit().await?;
        Ok(removed)
    });
    let sessions = sessions.await?;
    let tokens = in_batches(BATCH, async || {
        let work = run.as_platform();
        let removed = refresh_token::delete_expired(&work.write().await?, run.now, BATCH).await?;
        work.commit().await?;
        Ok(removed)
    });
    Ok(sessions + tokens.await?)
}
