//! Removal of what the mechanisms of this layer remember only for a while.

use std::time::Duration;

use chrono::{DateTime, TimeDelta, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::{Job, JobRun, in_batches};
use crate::core::error::Error;

/// Rows of one transaction.
const BATCH: u64 = 5_000;
/// Tables with their rows' life in hours.
const TABLES: [(&str, i64); 3] =
    [("processed_message", 30 * 24), ("processed_batch", 30 * 24), ("idempotency_key", 24)];

/// Job that removes answers by idempotency key after a day, and the record of handled messages after
/// thirty.
pub fn housekeeping(every: Duration) -> Job {
    let about =
        "Remove idempotency keys after 24 hours, the record of handled messages after 30 days";
    Job::new(("housekeeping", about), every, async |run| clean_up(&run).await)
}

async fn clean_up(run: &JobRun) -> Result<u64, Error> {
    let mut total = 0;
    for (table, hours) in TABLES {
        let before = run.now - TimeDelta::hours(hours);
        total += in_batches(BATCH, || delete(run, table, before)).await?;
    }
    Ok(total)
}

async fn delete(run: &JobRun, table: &str, before: DateTime<Utc>) -> Result<u64, Error> {
    let session = run.as_platform();
    // One that was claimed anew meanwhile is young, and stays.
    let sql = format!(
        "DELETE FROM {table} WHERE created_at <= $1 AND ctid = ANY (ARRAY( \
             SELECT ctid FROM {table} WHERE created_at <= $1 LIMIT {BATCH}))"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [before.into()]);
    let deleted = session.write().await?.execute_raw(statement).await?.rows_affected();
    session.commit().await?;
    Ok(deleted)
}
