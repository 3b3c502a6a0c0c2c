//! Removal of what can no longer be used.

use chrono::Duration;

use super::super::dao::{attempt, refresh_token, session};
use crate::core::error::Error;
use crate::core::jobs::{JobRun, in_batches};

/// Rows of one transaction.
const BATCH: u64 = 1_000;

/// Removes sessions with their refresh tokens, then single refresh tokens, whose time is over, then counts
/// of failed attempts that block nobody any more. The number of all.
///
/// # Errors
/// A store error; what was removed before stays removed.
pub async fn remove_ended(run: &JobRun) -> Result<u64, Error> {
    let sessions = in_batches(BATCH, async || {
        let work = run.as_platform();
        let removed = session::delete_all_expired(&work.write().await?, run.now, BATCH).await?;
        work.commit().await?;
        Ok(removed)
    });
    let tokens = in_batches(BATCH, async || {
        let work = run.as_platform();
        let removed = refresh_token::delete_expired(&work.write().await?, run.now, BATCH).await?;
        work.commit().await?;
        Ok(removed)
    });
    let (sessions, tokens) = (sessions.await?, tokens.await?);
    let before = run.now - Duration::seconds(run.stores.config.auth.lockout_secs.into());
    let attempts = in_batches(BATCH, async || {
        let work = run.as_platform();
        let removed = attempt::delete_old(&work.write().await?, (before, run.now), BATCH).await?;
        work.commit().await?;
        Ok(removed)
    });
    Ok(sessions + tokens + attempts.await?)
}
