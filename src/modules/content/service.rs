//! Use case of trending content.

use std::sync::Arc;

use super::dto::TrendingEntryOut;
use super::entity::TrendingRow;
use super::{dao, manager};
use crate::core::attach::attach;
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::session::Session;
use crate::modules::discovery::DiscoveryService;

/// Trending posts of both platforms.
pub struct ContentService {
    discovery: Arc<DiscoveryService>,
}

/// A page of trending posts.
pub(super) struct TrendingPage {
    /// Entries of the page.
    pub entries: Vec<TrendingEntryOut>,
    /// Rows that match, over all pages.
    pub total: i64,
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
        session: &Session,
        list: &ListIn,
    ) -> Result<TrendingPage, Error> {
        let clauses = manager::conditions(&list.filters, session.stores().config.app.time_zone)?;
        let (rows, total) = dao::posts(session, &clauses, manager::sort(list)?, list.page).await?;
        let accounts = async |ids: Vec<_>| self.discovery.accounts(session, &ids).await;
        let rows = attach(rows, TrendingRow::account, accounts).await?;
        let entries = rows.into_iter().map(|(row, card)| manager::entry(row, card.as_ref()));
        Ok(TrendingPage { entries: entries.collect(), total })
    }
}
