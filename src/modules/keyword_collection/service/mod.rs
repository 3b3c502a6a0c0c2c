//! Use cases of keyword collections.

mod cache;
mod collections;
mod ready;
mod reports;

pub use ready::{ask_again, report_ready};

use std::sync::Arc;

use self::cache::ReportCache;
use super::dao;
use super::entity::ReportTotals;
use crate::core::config::Config;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::DiscoveryService;
use crate::modules::usage::UsageService;

/// Keyword collections of partners.
pub struct KeywordCollectionService {
    discovery: Arc<DiscoveryService>,
    usage: UsageService,
    cache: ReportCache,
}

impl KeywordCollectionService {
    /// Nothing is connected yet.
    pub fn new(config: &Config, discovery: Arc<DiscoveryService>) -> Self {
        Self { discovery, usage: UsageService::new(config), cache: ReportCache::default() }
    }

    /// Totals of those of these collections that have a report and that the caller may see.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn totals(unit: &UnitOfWork, ids: &[String]) -> Result<Vec<ReportTotals>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        dao::collection::totals(&unit.tenant().await?, ids).await
    }
}
