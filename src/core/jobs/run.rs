//! What a job works with.

use std::sync::Arc;
use std::time::Instant;

use chrono::{DateTime, Utc};

use crate::core::caller::{Caller, PLATFORM_PARTNER};
use crate::core::error::Error;
use crate::core::session::Session;
use crate::core::stores::Stores;

/// One run of a job.
#[derive(Clone)]
pub struct JobRun {
    /// What the process shares.
    pub stores: Stores,
    /// The instant that counts as now for the whole run.
    pub now: DateTime<Utc>,
    /// When the run has to be over.
    pub deadline: Instant,
}

impl JobRun {
    /// A unit of work of the platform's own partner, to whom the rows of all tenants are open.
    pub fn as_platform(&self) -> Session {
        self.as_partner(PLATFORM_PARTNER)
    }

    /// A unit of work of one tenant.
    pub fn as_partner(&self, partner_id: i64) -> Session {
        let caller = Caller { partner_id: Some(partner_id), ..Caller::default() };
        Session::new(self.stores.clone(), Arc::new(caller), self.deadline)
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
