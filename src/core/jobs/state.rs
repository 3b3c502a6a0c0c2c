//! What `job_run` remembers of jobs.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult, Statement};
use serde::Serialize;

use super::due::{due, scheduled};
use super::{Job, When};
use crate::core::error::Error;
use crate::core::stores::Stores;

const COLUMNS: &str =
    "name, last_started_at, last_finished_at, last_succeeded_at, failures, last_error";

/// What is known of a job's runs.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize)]
pub struct JobState {
    /// Job.
    pub name: String,
    /// Start of the last run; absent after one that was stopped before its end.
    pub last_started_at: Option<DateTime<Utc>>,
    /// End of the last run that ended.
    pub last_finished_at: Option<DateTime<Utc>>,
    /// End of the last run that succeeded.
    pub last_succeeded_at: Option<DateTime<Utc>>,
    /// Failed runs since then.
    pub failures: u32,
    /// Why the run that ended last failed; absent after a success.
    pub last_error: Option<String>,
}

/// The states of all jobs that ever ran.
///
/// # Errors
/// A store error.
pub async fn states(stores: &Stores) -> Result<Vec<JobState>, Error> {
    let select = format!("SELECT {COLUMNS} FROM job_run");
    let select = Statement::from_string(DbBackend::Postgres, select);
    stores.db().query_all_raw(select).await?.iter().map(state).collect()
}

fn state(row: &QueryResult) -> Result<JobState, Error> {
    let failures: i32 = row.try_get("", "failures")?;
    Ok(JobState {
        name: row.try_get("", "name")?,
        last_started_at: row.try_get("", "last_started_at")?,
        last_finished_at: row.try_get("", "last_finished_at")?,
        last_succeeded_at: row.try_get("", "last_succeeded_at")?,
        failures: u32::try_from(failures).unwrap_or_default(),
        last_error: row.try_get("", "last_error")?,
    })
}

/// A job at one moment of the database's clock.
pub(super) struct Look {
    /// Time until the job is due; 0 = now, `None` = it is not known.
    pub wait: Option<Duration>,
}

impl Look {
    pub fn is_due(&self) -> bool {
        self.wait == Some(Duration::ZERO)
    }
}

/// Looks at a job, and has the metrics say what is seen.
pub(super) async fn look(stores: &Stores, job: &Job) -> Result<Look, Error> {
    let awaited = match job.when {
        When::After(other) => other,
        _ => "",
    };
    // There is a row for the clock, whatever ever ran.
    let select = format!(
        "SELECT {COLUMNS}, clock.now FROM (SELECT clock_timestamp() AS now) clock \
         LEFT JOIN job_run ON name IN ($1, $2)"
    );
    let values = [job.name.into(), awaited.into()];
    let select = Statement::from_sql_and_values(DbBackend::Postgres, select, values);
    let rows = stores.db().query_all_raw(select).await?;
    let mut now = Utc::now();
    let mut known = Vec::new();
    for row in &rows {
        now = row.try_get("", "now")?;
        if row.try_get::<Option<String>>("", "name")?.is_some() {
            known.push(state(row)?);
        }
    }
    let nothing = JobState::default();
    let of = |name: &str| known.iter().find(|state| state.name == name);
    let own = of(job.name).unwrap_or(&nothing);
    let success = of(awaited).and_then(|state| state.last_succeeded_at);
    let late = scheduled(job, own, success, now).map(|due| now - due);
    let late = late.and_then(|late| late.to_std().ok()).unwrap_or_default();
    stores.metrics.jobs.seen(job.name, own.failures, late, own.last_succeeded_at);
    let wait = due(job, &known, now).map(|due| (due - now).to_std().unwrap_or_default());
    Ok(Look { wait })
}
