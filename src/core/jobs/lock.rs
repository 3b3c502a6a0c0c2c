//! Who runs a job: the advisory lock, and the record of how the run went.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, PgConnection};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};

use crate::core::db::failure;
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
/// Starts a run. One before it that never ended was a failure.
const START: &str = "\
    INSERT INTO job_run AS r (name, last_started_at) VALUES ($1, clock_timestamp()) \
    ON CONFLICT (name) DO UPDATE SET last_started_at = EXCLUDED.last_started_at, \
        failures = r.failures + (r.last_started_at IS NOT NULL \
            AND (r.last_finished_at IS NULL OR r.last_finished_at < r.last_started_at))::int";
const SUCCEED: &str = "\
    UPDATE job_run SET last_finished_at = clock_timestamp(), last_succeeded_at = clock_timestamp(), \
        failures = 0, last_error = $2 \
    WHERE name = $1 RETURNING failures";
const FAIL: &str = "\
    UPDATE job_run SET last_finished_at = clock_timestamp(), failures = failures + 1, \
        last_error = $2 \
    WHERE name = $1 RETURNING failures";
const GIVE_BACK: &str = "\
    UPDATE job_run SET last_started_at = NULL, last_finished_at = clock_timestamp(), \
        last_error = $2 \
    WHERE name = $1 RETURNING failures";

/// The right to run a job, which no other replica has at the same time.
pub(super) struct JobLock<'a> {
    stores: &'a Stores,
    name: &'static str,
    /// Holds the lock as long as it lives.
    lock: PgConnection,
}

impl<'a> JobLock<'a> {
    /// `None` while another replica has it.
    pub(super) async fn take(
        stores: &'a Stores,
        name: &'static str,
    ) -> Result<Option<Self>, Error> {
        let options = stores.postgres.direct().connect_options();
        let mut lock = PgConnection::connect_with(&options).await.map_err(failure)?;
        let taken: bool =
            sqlx::query_scalar(LOCK).bind(name).fetch_one(&mut lock).await.map_err(failure)?;
        Ok(taken.then_some(Self { stores, name, lock }))
    }

    /// Records the start of a run.
    pub(super) async fn start(&self) -> Result<(), Error> {
        let start = statement(START, [self.name.into()]);
        Ok(self.stores.db().execute_raw(start).await.map(drop)?)
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

    /// Records the end of the run and lets go; the failures in a row.
    pub(super) async fn finish(self, error: Option<&str>) -> Result<u32, Error> {
        let recorded = self.record(if error.is_none() { SUCCEED } else { FAIL }, error).await;
        self.release().await;
        recorded
    }

    /// Lets go before the end of the run: the job is due again at once.
    pub(super) async fn give_back(self) -> Result<(), Error> {
        let recorded = self.record(GIVE_BACK, Some("stopped before its end")).await;
        self.release().await;
        recorded.map(drop)
    }

    /// Records how the run ended, again after a failure.
    async fn record(&self, sql: &'static str, error: Option<&str>) -> Result<u32, Error> {
        let mut left = RECORDS;
        loop {
            let record = statement(sql, [self.name.into(), error.into()]);
            let failure = match self.stores.db().query_one_raw(record).await {
                Ok(None) => return Ok(0),
                Ok(Some(row)) => {
                    let failures: i32 = row.try_get("", "failures")?;
                    return Ok(u32::try_from(failures).unwrap_or_default());
                }
                Err(failure) => failure,
            };
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
