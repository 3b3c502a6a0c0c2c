//! The search through one collection for the module that owns it: neither gated nor charged, in every
//! country.

use super::super::dao::account::Along;
use super::super::dao::gcc::{self, GccSearch};
use super::super::dao::search::{self, InCollection, Search, SortKey};
use super::super::dto::ProfileOut;
use super::super::entity::Owners;
use super::super::manager::account::Source;
use super::super::manager::campaign_profile::gcc_profile;
use super::super::manager::search::{Conditions, conditions, gcc_conditions};
use super::super::manager::{mask, sort};
use super::{DiscoveryService, shown};
use crate::core::error::Error;
use crate::core::query::{
    Direction, Filter, Filters, ListIn, Listed, Page, Paging, expand_demographics,
};
use crate::core::types::{CampaignPlatform, Platform};
use crate::core::unit_of_work::UnitOfWork;

/// The collection that is searched; the caller has been admitted to it.
#[derive(Debug, Clone, Copy)]
pub struct Collected {
    /// Its id.
    pub collection_id: i64,
    /// Its owner.
    pub owner: i64,
    /// Whose items.
    pub platform: CampaignPlatform,
    /// Whether hidden items are left out.
    pub without_hidden: bool,
}

impl DiscoveryService {
    /// A page of the profiles of a collection's enabled items, by the fields and orders of the search; a
    /// search on the platform GCC is in the order of its campaign profiles. Contacts are masked for the
    /// plan `FREE`.
    ///
    /// # Errors
    /// `invalid Request`: a filter or an order outside of the documented ones; a store error.
    pub async fn collected(
        &self,
        unit: &UnitOfWork,
        within: Collected,
        list: &ListIn,
    ) -> Result<Listed<ProfileOut>, Error> {
        match within.platform.social() {
            Some(platform) => self.collected_on(unit, (within, platform), list).await,
            None => self.collected_gcc(unit, within, list).await,
        }
    }

    /// The ids of the accounts of all enabled items of a collection, in the order of a search, in one
    /// statement; none on the platform GCC.
    ///
    /// # Errors
    /// As [`DiscoveryService::collected`].
    pub async fn collected_accounts(
        &self,
        unit: &UnitOfWork,
        within: Collected,
        list: &ListIn,
    ) -> Result<Vec<i64>, Error> {
        let Some(platform) = within.platform.social() else { return Ok(Vec::new()) };
        let search = self.search_of(unit, (within, platform), list)?;
        search::ids(&unit.write().await?, &search).await
    }

    async fn collected_on(
        &self,
        unit: &UnitOfWork,
        (within, platform): (Collected, Platform),
        list: &ListIn,
    ) -> Result<Listed<ProfileOut>, Error> {
        let mut search = self.search_of(unit, (within, platform), list)?;
        let db = unit.write().await?;
        let found = search::run(&db, &search).await?;
        let mut total = found.total.unwrap_or_default();
        if found.rows.is_empty() && search.paging.offset() > 0 {
            // An empty page says nothing of how many there are.
            search.paging = Paging::from(Page { number: 1, size: 1 });
            total = search::run(&db, &search).await?.total.unwrap_or_default();
        }
        let plan = unit.caller().gated_plan();
        let profiles = found.rows.iter().map(|found| {
            let mut profile = shown(found, Source::Saas, unit);
            mask::profile_contacts(&mut profile, plan);
            profile
        });
        Ok(Listed { rows: profiles.collect(), total, next: found.next })
    }

    fn search_of(
        &self,
        unit: &UnitOfWork,
        (within, platform): (Collected, Platform),
        list: &ListIn,
    ) -> Result<Search, Error> {
        let filters = within.filters(&expand_demographics(&list.filters));
        let keys = sort::keys(platform, list.sort_by.as_deref(), true);
        let paging = list.paging("", keys.iter().map(SortKey::kind))?;
        let counts = !paging.is_keyset() || paging.is_first();
        let Conditions { account, uses_campaign, collection, .. } =
            conditions(&filters, (platform, unit.caller().is_admin()), self.zone)?;
        Ok(Search {
            platform,
            clauses: account,
            uses_campaign,
            collection: Some(InCollection {
                clauses: collection,
                excluded: false,
                read_first: true,
                owners: Owners::Partners(vec![within.owner]),
            }),
            sort: keys,
            direction: Direction::parse(list.sort_dir.as_deref())?,
            paging,
            counts_to: counts.then_some(u64::MAX),
            along: Along { link: Source::Saas.link(), campaign: true, group: false },
        })
    }

    async fn collected_gcc(
        &self,
        unit: &UnitOfWork,
        within: Collected,
        list: &ListIn,
    ) -> Result<Listed<ProfileOut>, Error> {
        let filters = within.filters(&expand_demographics(&list.filters));
        let search = GccSearch {
            collection_id: within.collection_id,
            owner: within.owner,
            clauses: gcc_conditions(&filters, unit.caller().is_admin(), self.zone)?,
            page: list.page,
        };
        let (rows, total) = gcc::search(&unit.write().await?, &search).await?;
        let (plan, next) = (unit.caller().gated_plan(), list.page.next_cursor(rows.len()));
        let profiles = rows.iter().map(|row| {
            let mut profile = gcc_profile(row, unit.caller());
            mask::profile_contacts(&mut profile, plan);
            profile
        });
        Ok(Listed { rows: profiles.collect(), total, next })
    }
}

impl Collected {
    /// The client's conditions and those of the collection.
    fn filters(&self, of_client: &Filters) -> Filters {
        let filters = of_client
            .without(&["collectionId", "collectionShareId", "campaignId", "platform"])
            .with(Filter::new("EQ", "collectionId", self.collection_id.to_string()))
            .with(Filter::new("EQ", "itemEnabled", "true"));
        if self.without_hidden {
            filters.with(Filter::new("EQ", "itemHidden", "false"))
        } else {
            filters
        }
    }
}
