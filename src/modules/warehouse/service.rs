//! Rebuilding what follows from observations and accounts.

use chrono_tz::Tz;
use clickhouse::Client;

use super::dao;
use crate::core::db::Db;
use crate::core::error::Error;

/// The derived tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct WarehouseService;

impl WarehouseService {
    /// Copies the accounts of PostgreSQL and derives all tables. `db` must be a transaction: one
    /// rebuild at a time, until its transaction ends. `zone` is the business time zone, which decides
    /// the day that a post belongs to.
    ///
    /// # Errors
    /// A store fails. Tables that were not reached keep their rows.
    pub async fn rebuild(&self, db: &Db<'_>, clickhouse: &Client, zone: Tz) -> Result<(), Error> {
        dao::lock(db).await?;
        dao::copy_accounts(db, clickhouse).await?;
        for derivation in dao::DERIVATIONS {
            dao::derive(clickhouse, derivation, zone).await?;
        }
        Ok(())
    }
}
