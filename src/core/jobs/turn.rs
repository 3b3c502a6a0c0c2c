//! Whose turn a job is: the advisory lock, and what `job_run` remembers.

use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::sqlx::{self, Connection as _, PgConnection};
use sea_orm::{ConnectionTrait as _, DbBackend, QueryResult, Statement, Value};
use serde::Serialize;

use crate::core::error::Error;
use crate::core::stores::Stores;

/// How often the lock's connection is asked whether it is still there, and how long it may take.
const HEARTBEAT: Duration = Duration::from_secs(5);
/// Times that the end of a run is recorded at most, and the pause between them: whoever reads the record
/// must not wait for a whole interval because PostgreSQL was away for a moment.
const RECORDS: u32 = 5;
const RECORD_PAUSE: Duration = Duration::from_millis(200);
/// Time for giving the lock back politely; after it the connection is just dropped.
const RELEASE: Duration = Duration::from_secs(1);

const LOCK: &str = "SELECT pg_try_advisory_lock(hashtextextended('job ' || $1, 0))";
const WAIT: &str = "\
    SELECT extract(epoch FROM last_started_at - clock_timestamp())::float8 \
    FROM job_run WHERE name = $1 AND last_started_at IS NOT NULL";
/// Starts a run, for `$2` seconds the only one.
const START: &str = "\
    INSERT INTO job_run AS r (name, last_started_at) VALUES ($1, clock_timestamp()) \
    ON CONFLICT (name) DO UPDATE SET last_started_at = EXCLUDED.last_started_at \
    WHERE r.last_started_at IS NULL \
       OR r.last_started_at <= EXCLUDED.last_started_at - make_interval(secs => $2)";
const FINISH: &str = "\
    UPDATE job_run SET last_finished_at = clock_timestamp(), last_error = $2 WHERE name = $1";
const GIVE_BACK: &str = "\
    UPDATE job_run SET last_started_at = NULL, last_finished_at = clock_timestamp(), \
        last_error = $2 \
    WHERE name = $1";
const STATES: &str = "SELECT name, last_started_at, last_finished_at, last_error FROM job_run";

/// What is known of a job's last run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct JobState {
    /// Job.
    pub name: String,
    /// Start of the last run; absent after one that was stopped before its end.
    pub last_started_at: Option<DateTime<Utc>>,
    /// End of the last run that ended.
    pub last_finished_at: Option<DateTime<Utc>>,
    /// Why that run failed; absent after a success.
    pub last_error: Option<String>,
}

/// The last runs of all jobs that ever ran.
///
/// # Errors
/// A store error.
pub async fn states(stores: &Stores) -> Result<Vec<JobState>, Error> {
    let rows = stores.db().query_all_raw(statement(STATES, [])).await?;
    let read = |row: QueryResult| {
        Ok(JobState {
            name: row.try_get("", "name")?,
            last_started_at: row.try_get("", "last_started_at")?,
            last_finished_at: row.try_get("", "last_finished_at")?,
            last_error: row.try_get("", "last_error")?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Time until the job is due, by the database's clock; 0 = now.
pub(super) async fn until_due(
    stores: &Stores,
    name: &str,
    every: Duration,
) -> Result<Duration, Error> {
    let row = stores.db().query_one_raw(statement(WAIT, [name.into()])).await?;
    let since: Option<f64> = row.map(|row| row.try_get_by_index(0)).transpose()?;
    let wait = since.map_or(0.0, |started| started + every.as_secs_f64());
    Ok(Duration::try_from_secs_f64(wait.max(0.0)).unwrap_or(every).min(every))
}

/// The right to run a job, which no other replica has at the same time.
pub(super) struct Turn<'a> {
    stores: &'a Stores,
    name: &'static str,
    /// Holds the lock as long as it lives.
    lock: PgConnection,
}

impl<'a> Turn<'a> {
    /// `None` while another replica has it.
    pub(super) async fn take(
        stores: &'a Stores,
        name: &'static str,
    ) -> Result<Option<Self>, Error> {
        let options = stores.postgres.direct().connect_options();
        let mut lock = PgConnection::connect_with(&options).await.map_err(failed)?;
        let taken: bool =
            sqlx::query_scalar(LOCK).bind(name).fetch_one(&mut lock).await.map_err(failed)?;
        Ok(taken.then_some(Self { stores, name, lock }))
    }

    /// Records the start of a run; `false` if one started less than `every` ago.
    pub(super) async fn start(&self, every: Duration) -> Result<bool, Error> {
        let start = statement(START, [self.name.into(), every.as_secs_f64().into()]);
        Ok(self.stores.db().execute_raw(start).await?.rows_affected() == 1)
    }

    /// Ends when the lock may have been lost.
    pub(super) async fn lost(&mut self) {
        loop {
            tokio::time::sleep(HEARTBEAT).await;
            let asking = tokio::time::timeout(HEARTBEAT, self.lock.ping());
            if !matches!(asking.await, Ok(Ok(()))) {
                return;
            }
        }
    }

    /// Records the end of the run and lets go.
    pub(super) async fn finish(self, error: Option<&str>) -> Result<(), Error> {
        let recorded = self.record(FINISH, error).await;
        self.release().await;
        recorded
    }

    /// Lets go before the end of the run: the job is due again at once.
    pub(super) async fn give_back(self) -> Result<(), Error> {
        let recorded = self.record(GIVE_BACK, Some("stopped before its end")).await;
        self.release().await;
        recorded
    }

    /// Records how the run ended, again after a failure.
    async fn record(&self, sql: &'static str, error: Option<&str>) -> Result<(), Error> {
        let mut left = RECORDS;
        loop {
            let record = statement(sql, [self.name.into(), error.into()]);
            let Err(failure) = self.stores.db().execute_raw(record).await else { return Ok(()) };
            left -= 1;
            if left == 0 {
                return Err(failure.into());
            }
            tracing::warn!(job = self.name, %failure, "the end of a run is recorded again");
            tokio::time::sleep(RECORD_PAUSE).await;
        }
    }

    /// Lets go without a run.
    pub(super) async fn release(self) {
        let _ = tokio::time::timeout(RELEASE, self.lock.close()).await;
    }
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

fn failed(error: sqlx::Error) -> Error {
    Error::internal("postgresql", error)
}
