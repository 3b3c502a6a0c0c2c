//! Use case of trending content.

use std::sync::Arc;

use super::dto::TrendingEntryOut;
use super::entity::TrendingRow;
use super::{dao, manager};
use crate::core::attach::attach;
use crate::core::error::Error;
use crate::core::query::{ListIn, Listed};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::DiscoveryService;

/// Trending posts of both platforms.
pub struct ContentService {
    discovery: Arc<DiscoveryService>,
}

impl ContentService {
    /// A service that asks `discovery` for accounts.
    pub fn new(discovery: Arc<DiscoveryService>) -> Self {
        Self { discovery }
    }

    /// A page of trending posts with their accounts.
    ///
    /// # Errors
    /// `invalid Request` for a filter or sort outside the documented ones; a store error.
    pub(super) async fn trending(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<Listed<TrendingEntryOut>, Error> {
        let clauses = manager::conditions(&list.filters, unit.stores().config.app.time_zone)?;
        let sort = manager::sort(list)?;
        let paging = list.paging("", [sort.kind])?;
        let Listed { rows, total, next } = dao::posts(unit, &clauses, sort, &paging).await?;
        let accounts = async |ids: Vec<_>| self.discovery.accounts(unit, &ids).await;
        let rows = attach(rows, TrendingRow::account, accounts).await?;
        let entries = rows.into_iter().map(|(row, card)| manager::entry(row, card.as_ref()));
        Ok(Listed { rows: entries.collect(), total, next })
    }
}
