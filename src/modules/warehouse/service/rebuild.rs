//! Rebuilding what follows from observations and accounts.

use chrono::Utc;
use chrono_tz::Tz;

use super::super::{dao, manager};
use super::WarehouseService;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::stores::Stores;

impl WarehouseService {
    /// Copies the accounts of PostgreSQL and derives all tables: one rebuild at a time, and no
    /// transaction stays open meanwhile. `zone` is the business time zone, which decides the day that a
    /// post belongs to.
    ///
    /// # Errors
    /// A store fails. Answers go on reading what they read before.
    pub async fn rebuild(&self, stores: &Stores, zone: Tz) -> Result<(), Error> {
        let Some(clickhouse) = &stores.clickhouse else {
            return Err(Error::internal("clickhouse", "not configured"));
        };
        let lock = dao::lock(stores).await?;
        next_generation(stores, clickhouse, zone).await?;
        lock.release().await;
        Ok(())
    }

    /// Rebuilds where a rebuild broke off, and where observations came in that no import derived anything
    /// from; removes what is not read any more. Leaves everything to a rebuild that runs. The number of
    /// generations that were published: 0 or 1.
    ///
    /// # Errors
    /// As [`WarehouseService::rebuild`].
    pub async fn keep_up(&self, stores: &Stores, zone: Tz) -> Result<u64, Error> {
        let Some(clickhouse) = &stores.clickhouse else { return Ok(0) };
        let Some(lock) = dao::try_lock(stores).await? else { return Ok(0) };
        let log = dao::generations(clickhouse).await?;
        let is_due = manager::is_due(&log, dao::observed(clickhouse).await?);
        if is_due {
            next_generation(stores, clickhouse, zone).await?;
        } else {
            remove_superfluous(clickhouse, None).await?;
        }
        lock.release().await;
        let log = dao::generations(clickhouse).await?;
        if let Some(at) = manager::published(&log).and_then(|newest| newest.published_at) {
            stores.metrics.derived_published.set(at.timestamp());
        }
        Ok(u64::from(is_due))
    }
}

/// Writes and publishes the next generation. A reader sees nothing of it before; what breaks off here is
/// removed by the next one.
async fn next_generation(stores: &Stores, clickhouse: &ClickHouse, zone: Tz) -> Result<(), Error> {
    let log = dao::generations(clickhouse).await?;
    let generation = 1 + log.last().map_or(0, |last| last.generation);
    dao::begin(clickhouse, generation).await?;
    remove_superfluous(clickhouse, Some(generation)).await?;
    dao::copy_accounts(stores, clickhouse, generation).await?;
    for derivation in dao::DERIVATIONS {
        dao::derive(clickhouse, derivation, generation, zone).await?;
    }
    dao::publish(clickhouse, generation).await?;
    clickhouse.forget_generation().await;
    Ok(())
}

async fn remove_superfluous(clickhouse: &ClickHouse, own: Option<u64>) -> Result<(), Error> {
    let stored = dao::stored(clickhouse).await?;
    let log = dao::generations(clickhouse).await?;
    for generation in manager::superfluous(&log, &stored, own, Utc::now()) {
        dao::remove(clickhouse, generation).await?;
    }
    Ok(())
}
