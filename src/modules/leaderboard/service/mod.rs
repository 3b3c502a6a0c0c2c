//! Use cases of the leaderboard.

mod download;

use std::sync::Arc;

use chrono::{NaiveDate, Utc};
use chrono_tz::Tz;

use super::dao;
use super::dto::LeaderboardEntryOut;
use super::entity::LeaderboardRow;
use super::manager::{Ranked, Ranking, Series, Window, entry, graphed_accounts};
use crate::core::attach::attach;
use crate::core::config::Config;
use crate::core::error::Error;
use crate::core::files::Files;
use crate::core::query::{ListIn, Listed, Page};
use crate::core::types::{Plan, ProfilePlatform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::{AccountCard, DiscoveryService};

/// Largest page of a caller on the plan `FREE`, who has only the first one.
const FREE_SIZE: u64 = 10;

/// Leaderboards of both platforms.
pub struct LeaderboardService {
    zone: Tz,
    discovery: Arc<DiscoveryService>,
    files: Arc<Files>,
}

/// A page of a leaderboard.
pub struct LeaderboardPage {
    /// Entries, best rank first.
    pub entries: Vec<LeaderboardEntryOut>,
    /// First day of the month that the page is about.
    pub month: NaiveDate,
    /// Rows that match, over all pages.
    pub total: i64,
    /// Cursor of the next page.
    pub next_cursor: Option<String>,
}

/// What one query found.
struct Found {
    ranking: Ranking,
    /// With their accounts.
    rows: Vec<(LeaderboardRow, Option<AccountCard>)>,
    total: i64,
    next: Option<String>,
}

impl LeaderboardService {
    /// A service that asks `discovery` for accounts and their series, and keeps downloads in `files`.
    pub fn new(config: &Config, discovery: Arc<DiscoveryService>, files: Arc<Files>) -> Self {
        Self { zone: config.app.time_zone, discovery, files }
    }

    /// A page with graphs, for a caller whose plan admits it.
    ///
    /// # Errors
    /// `invalid platform`; `invalid Request` for a filter outside the documented ones and for a page
    /// beyond the plan; a store error.
    pub async fn search(
        &self,
        unit: &UnitOfWork,
        platform: &str,
        list: &ListIn,
    ) -> Result<LeaderboardPage, Error> {
        let platform = ProfilePlatform::parse(platform).ok_or_else(Error::invalid_platform)?;
        if unit.caller().gated_plan() == Some(Plan::Free) && !is_free(list) {
            return Err(Error::plan_required());
        }
        let found = self.find(unit, platform, list).await?;
        let series = self.series(unit, &found).await;
        Ok(found.page(&series))
    }

    /// A page of any size without weekly points, for files.
    async fn page(
        &self,
        unit: &UnitOfWork,
        platform: ProfilePlatform,
        list: &ListIn,
    ) -> Result<LeaderboardPage, Error> {
        let found = self.find(unit, platform, list).await?;
        Ok(found.page(&Series::default()))
    }

    async fn find(
        &self,
        unit: &UnitOfWork,
        platform: ProfilePlatform,
        list: &ListIn,
    ) -> Result<Found, Error> {
        let default = Window::previous_month(Utc::now(), self.zone);
        let ranking = Ranking::read(platform, list, default, self.zone)?;
        let page = (&ranking.clauses[..], ranking.sort, &ranking.paging);
        let Listed { rows, total, next } =
            dao::ranked_rows(unit, &ranking.rank_key(), page).await?;
        let next = match ranking.paging.is_keyset() {
            true => next,
            false => next_cursor(list.page, total),
        };
        let accounts = async |ids: Vec<_>| self.discovery.accounts(unit, &ids).await;
        let rows = attach(rows, LeaderboardRow::account, accounts).await?;
        Ok(Found { ranking, rows, total, next })
    }

    /// Weekly points of the page's accounts; none when they cannot be read, since the ranks are what
    /// a leaderboard is for.
    async fn series(&self, unit: &UnitOfWork, found: &Found) -> Series {
        let accounts = graphed_accounts(&found.rows);
        if accounts.is_empty() {
            return Series::default();
        }
        let window = found.ranking.window;
        match self.discovery.weekly_series(unit, &accounts, window.from, window.to).await {
            Ok(points) => points.into_iter().collect(),
            Err(error) => {
                tracing::warn!(%error, "leaderboard without graphs");
                Series::default()
            }
        }
    }
}

impl Found {
    fn page(&self, series: &Series) -> LeaderboardPage {
        let rows = self.rows.iter().enumerate();
        let ranked = rows.map(|(index, (row, card))| Ranked(index, row, card.as_ref()));
        LeaderboardPage {
            entries: ranked.map(|ranked| entry(ranked, &self.ranking, series)).collect(),
            month: self.ranking.window.from,
            total: self.total,
            next_cursor: self.next.clone(),
        }
    }
}

fn is_free(list: &ListIn) -> bool {
    list.is_first() && list.page.size <= FREE_SIZE
}

/// Unlike other lists, a leaderboard promises a page only when there is one.
fn next_cursor(page: Page, total: i64) -> Option<String> {
    let left = total.unsigned_abs().saturating_sub(page.offset());
    (left > page.size).then(|| page.next_cursor(page.size as usize)).flatten()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn free_callers_have_the_first_ten() {
        let is_free =
            |number, size| is_free(&ListIn { page: Page { number, size }, ..ListIn::default() });
        assert!(is_free(1, 10) && !is_free(1, 50) && !is_free(2, 10));
    }

    #[test]
    fn exactly_full_last_page_promises_nothing() {
        let page = Page { number: 2, size: 10 };
        assert_eq!(next_cursor(page, 20), None);
        assert_eq!(next_cursor(page, 21).as_deref(), Some("3"));
        assert_eq!(next_cursor(Page { number: 3, size: 10 }, 20), None);
    }
}
