//! Rebuilding what follows from observations and accounts.

use chrono_tz::Tz;
use clickhouse::Client;

use super::dao;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// The derived tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct WarehouseService;

impl WarehouseService {
    /// Copies the accounts of PostgreSQL and derives all tables: one rebuild at a time, and no
    /// transaction stays open meanwhile. `zone` is the business time zone, which decides the day that a
    /// post belongs to.
    ///
    /// # Errors
    /// A store fails. Tables that were not reached keep their rows.
    pub async fn rebuild(
        &self,
        stores: &Stores,
        clickhouse: &Client,
        zone: Tz,
    ) -> Result<(), Error> {
        let lock = dao::lock(stores).await?;
        dao::copy_accounts(stores, clickhouse).await?;
        for derivation in dao::DERIVATIONS {
            dao::derive(clickhouse, derivation, zone).await?;
        }
        lock.release().await;
        Ok(())
    }
}
