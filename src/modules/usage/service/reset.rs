//! Counters start again on their dates.

use chrono::TimeDelta;

use super::super::dao::counters;
use super::super::manager::{self, Reset};
use super::UsageService;
use crate::core::error::Error;
use crate::core::jobs::{JobRun, in_batches};

/// Charged searches that one transaction forgets.
const BATCH: i64 = 5_000;

/// Forgets the searches that were charged more than 24 hours ago: from then on they cost again. Returns
/// their number.
///
/// # Errors
/// A store error.
pub async fn forget_searches(run: &JobRun) -> Result<u64, Error> {
    let before = run.now - TimeDelta::hours(24);
    in_batches(BATCH.unsigned_abs(), async || {
        let unit = run.as_platform();
        let deleted = counters::delete_searches(&unit.tenant().await?, before, BATCH).await?;
        unit.commit().await?;
        Ok(deleted)
    })
    .await
}

impl UsageService {
    /// Resets the counters whose date has come and removes those of contracts that are over; where
    /// that is the one of profile pages, the partner's pages are locked again. One transaction per
    /// partner, in the name of that partner.
    ///
    /// Returns the number of counters.
    ///
    /// # Errors
    /// The last partner's whose counters could not be reset, after all others were.
    pub async fn reset_due(&self, run: &JobRun) -> Result<u64, Error> {
        let unit = run.as_platform();
        let partners = counters::due_partners(&unit.tenant().await?, run.now).await?;
        unit.commit().await?;
        let mut outcome = Ok(0);
        for partner_id in partners {
            match self.reset_partner(run, partner_id).await {
                Ok(rows) => outcome = outcome.map(|total| total + rows),
                Err(error) => {
                    tracing::warn!(partner_id, %error, "usage cannot be reset");
                    outcome = Err(error);
                }
            }
        }
        outcome
    }

    async fn reset_partner(&self, run: &JobRun, partner_id: i64) -> Result<u64, Error> {
        let unit = run.as_partner(partner_id);
        // Of the platform, too, its own counters alone.
        let tenant = unit.tenant().await?.own();
        counters::lock(&tenant).await?;
        let due = counters::due(&tenant, run.now).await?;
        let mut locks_pages = false;
        for counter in &due {
            match manager::reset(counter, run.now, self.zone) {
                Reset::Over => counters::delete(&tenant, counter.id).await?,
                Reset::Until(next) => counters::reset(&tenant, counter.id, next).await?,
            }
            locks_pages |= manager::locks_pages(counter);
        }
        if locks_pages {
            counters::delete_unlocks(&tenant).await?;
        }
        unit.commit().await?;
        Ok(due.len() as u64)
    }
}
