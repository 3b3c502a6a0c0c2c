//! What a job works with.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::Value;

use crate::core::caller::{Caller, PLATFORM_PARTNER};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// One run of a job.
#[derive(Clone)]
pub struct JobRun {
    /// What the process shares.
    pub stores: Stores,
    /// Name of the job.
    pub name: &'static str,
    /// The instant that counts as now for the whole run.
    pub now: DateTime<Utc>,
    /// When the run has to be over.
    pub deadline: Instant,
}

impl JobRun {
    /// A unit of work of the platform's own partner, to whom the rows of all tenants are open.
    pub fn as_platform(&self) -> UnitOfWork {
        self.as_partner(PLATFORM_PARTNER)
    }

    /// A unit of work of one tenant.
    pub fn as_partner(&self, partner_id: i64) -> UnitOfWork {
        let caller = Caller { partner_id: Some(partner_id), ..Caller::default() };
        UnitOfWork::new(self.stores.clone(), Arc::new(caller), self.deadline)
    }
}

impl JobRun {
    /// Where an earlier run stopped that did not come to its end; `None` after one that did, and where
    /// what is stored is nothing that this version knows.
    ///
    /// # Errors
    /// A store error.
    pub async fn position<P: DeserializeOwned>(&self) -> Result<Option<P>, Error> {
        let unit = self.as_platform();
        let sql = "SELECT position FROM job_run WHERE name = $1 AND position IS NOT NULL";
        let select = Statement::from_sql_and_values(DbBackend::Postgres, sql, [self.name.into()]);
        let row = unit.write().await?.query_one_raw(select).await?;
        let stored: Option<Value> = row.map(|row| row.try_get("", "position")).transpose()?;
        Ok(stored.and_then(|stored| serde_json::from_value(stored).ok()))
    }

    /// Records in the transaction of a batch where the run goes on if it does not come to its end;
    /// `None` = at the beginning.
    ///
    /// # Errors
    /// A store error.
    pub async fn reach<P: Serialize>(&self, db: &Db<'_>, next: Option<&P>) -> Result<(), Error> {
        let next = next.map(serde_json::to_value).transpose();
        let next = next.map_err(|error| Error::internal("position of a job", error))?;
        let sql = "UPDATE job_run SET position = $2 WHERE name = $1";
        let values = [self.name.into(), next.into()];
        db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
        Ok(())
    }
}

/// Calls `batch` until it has nothing more to do; the rows that were written. Each call writes at most
/// `size` rows and commits them.
///
/// # Errors
/// Those of `batch`; what it committed before stays.
pub async fn in_batches<F>(size: u64, mut batch: impl FnMut() -> F) -> Result<u64, Error>
where
    F: Future<Output = Result<u64, Error>>,
{
    let mut total = 0;
    loop {
        let written = batch().await?;
        total += written;
        if written < size {
            return Ok(total);
        }
    }
}
