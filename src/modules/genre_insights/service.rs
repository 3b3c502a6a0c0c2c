//! Use cases of the genre overview.

use super::dto::{GenreEntryOut, LanguageSplitOut};
use super::{dao, manager};
use crate::core::error::Error;
use crate::core::query::{Filter, ListIn, Page};
use crate::core::session::Session;
use crate::core::types::ProfilePlatform;

/// Rows that a list read, and how many match.
pub(super) struct GenrePage {
    /// Entries of the page.
    pub entries: Vec<GenreEntryOut>,
    /// Rows that match, over all pages.
    pub total: i64,
}

/// Genre overview and its split by language.
#[derive(Debug, Default)]
pub struct GenreInsightsService;

impl GenreInsightsService {
    /// A page of the overview.
    ///
    /// # Errors
    /// `invalid Request` for a filter or sort outside the documented ones; a store error.
    pub(super) async fn search(
        &self,
        session: &Session,
        list: &ListIn,
    ) -> Result<GenrePage, Error> {
        let clauses = manager::conditions(&list.filters, session.stores().config.app.time_zone)?;
        let (rows, total) = dao::genres(session, &clauses, manager::sort(list)?, list.page).await?;
        Ok(GenrePage { entries: rows.into_iter().map(manager::entry).collect(), total })
    }

    /// The entries of a page by platform, and how many rows match. For `ALL` the rows of both
    /// platforms together choose the languages, and the rows of each platform are shown.
    ///
    /// # Errors
    /// `invalid platform`; as for [`Self::search`].
    pub(super) async fn language_split(
        &self,
        session: &Session,
        platform: &str,
        list: &ListIn,
    ) -> Result<(LanguageSplitOut, i64), Error> {
        let platform = ProfilePlatform::parse(platform).ok_or_else(Error::invalid_platform)?;
        let (sort, zone) = (manager::sort(list)?, session.stores().config.app.time_zone);
        let filters = list.filters.clone().with(Filter::new("EQ", "platform", platform.name()));
        let clauses = manager::conditions(&filters, zone)?;
        let (rows, total) = dao::genres(session, &clauses, sort, list.page).await?;
        if matches!(platform, ProfilePlatform::One(_)) {
            return Ok((manager::language_split(rows), total));
        }
        let languages = manager::languages(&rows);
        if languages.is_empty() {
            return Ok((LanguageSplitOut::default(), total));
        }
        let filters = manager::of_both_platforms(&list.filters, &languages);
        let page = Page { number: 1, size: 2 * languages.len() as u64 };
        let clauses = manager::conditions(&filters, zone)?;
        let (rows, _) = dao::genres(session, &clauses, sort, page).await?;
        Ok((manager::language_split(rows), total))
    }
}
