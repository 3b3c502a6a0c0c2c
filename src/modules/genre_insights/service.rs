//! Use cases of the genre overview.

use super::dto::{GenreEntryOut, LanguageSplitOut};
use super::{dao, manager};
use crate::core::error::Error;
use crate::core::query::{Filter, ListIn, Listed, Page};
use crate::core::types::ProfilePlatform;
use crate::core::unit_of_work::UnitOfWork;

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
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<Listed<GenreEntryOut>, Error> {
        let clauses = manager::conditions(&list.filters, unit.stores().config.app.time_zone)?;
        let sort = manager::sort(list)?;
        let paging = list.paging("", [sort.kind])?;
        let page = dao::genres(unit, &clauses, sort, &paging).await?;
        Ok(page.map(manager::entry))
    }

    /// The entries of a page by platform, and how many rows match. For `ALL` the rows of both
    /// platforms together choose the languages, and the rows of each platform are shown.
    ///
    /// # Errors
    /// `invalid platform`; as for [`Self::search`].
    pub(super) async fn language_split(
        &self,
        unit: &UnitOfWork,
        platform: &str,
        list: &ListIn,
    ) -> Result<(LanguageSplitOut, i64), Error> {
        let platform = ProfilePlatform::parse(platform).ok_or_else(Error::invalid_platform)?;
        let (sort, zone) = (manager::sort(list)?, unit.stores().config.app.time_zone);
        let filters = list.filters.clone().with(Filter::new("EQ", "platform", platform.name()));
        let clauses = manager::conditions(&filters, zone)?;
        let paging = list.numbered()?;
        let Listed { rows, total, .. } = dao::genres(unit, &clauses, sort, &paging).await?;
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
        let both = dao::genres(unit, &clauses, sort, &page.into()).await?;
        Ok((manager::language_split(both.rows), total))
    }
}
