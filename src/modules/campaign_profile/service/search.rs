//! Lists of profiles.

use std::collections::HashMap;

use super::super::dao::{self, InCollection, Order, Search};
use super::super::dto::CampaignProfilesOut;
use super::super::manager::search::{Conditions, SearchOrder, conditions, order};
use super::{AccountQuery, CampaignProfileService, seen, social};
use crate::core::envelope::{LISTED, Success as _};
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::Model;
use crate::modules::discovery::AccountRow;

impl CampaignProfileService {
    /// A page of profiles; their accounts, where they are asked for, in one statement per platform.
    ///
    /// # Errors
    /// `invalid Request`: a filter or an order outside of the documented ones; a store error.
    pub async fn search(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
        query: AccountQuery,
    ) -> Result<CampaignProfilesOut, Error> {
        let is_admin = unit.caller().is_admin();
        let Conditions { profile, collection, shows_disabled } =
            conditions(&list.filters, is_admin, self.zone)?;
        let order = match order(list, !collection.is_empty())? {
            SearchOrder::By(sort) => Order::By(sort, list.paging("", [sort.kind])?),
            SearchOrder::Rank(direction) => {
                list.numbered()?;
                Order::Rank(direction, list.page)
            }
        };
        let collection = match collection.is_empty() {
            true => None,
            false => {
                let owners = self.discovery.owners(unit, &list.filters).await?;
                Some(InCollection { clauses: collection, owners })
            }
        };
        let db = match collection.as_ref().and_then(|within| within.owners.scope()) {
            Some(scope) => unit.stale_read_of(scope).await?,
            None => unit.stale_read(),
        };
        let search = Search { clauses: profile, shows_disabled, collection, order };
        let page = dao::page(&db, &search).await?;
        let accounts = match query.fetch_socials {
            true => self.accounts(unit, &page.rows).await?,
            false => HashMap::new(),
        };
        let page = page.map(|row| {
            let account = social(&row).and_then(|on| accounts.get(&(on, row.platform_account_id)));
            seen(unit, row, account)
        });
        Ok(CampaignProfilesOut::page(LISTED, page))
    }

    async fn accounts(
        &self,
        unit: &UnitOfWork,
        rows: &[Model],
    ) -> Result<HashMap<(Platform, i64), AccountRow>, Error> {
        let mut accounts = HashMap::new();
        for platform in [Platform::Instagram, Platform::Youtube] {
            let of_platform = rows.iter().filter(|row| social(row) == Some(platform));
            let ids: Vec<i64> = of_platform.map(|row| row.platform_account_id).collect();
            let found = self.discovery.account_rows(unit, platform, &ids).await?;
            accounts.extend(found.into_iter().map(|one| ((platform, one.id()), one)));
        }
        Ok(accounts)
    }
}
