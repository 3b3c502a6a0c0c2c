//! The search through the items of a collection.

use std::collections::HashMap;

use super::super::dao::{item as dao, value};
use super::super::dto::{ItemOut, ItemProfileOut, ItemsOut};
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::Entity;
use super::super::manager::collection::custom_columns;
use super::super::manager::{View, columns, item as manager, no_access};
use super::ProfileCollectionEditor;
use super::find::{open, readable};
use crate::core::db::{ShareOwner, TenantDb};
use crate::core::envelope::Status;
use crate::core::error::{Code, Error};
use crate::core::query::{Filters, ListIn, Listed};
use crate::core::types::CampaignPlatform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::{Collected, ProfileOut};

const FOUND: &str = "Collection Items Retrieved Successfully ";

type Opened<'a> = (Collection, TenantDb<'a>, View);

impl ProfileCollectionEditor {
    /// A page of the enabled items of a collection, in the order of their profiles.
    ///
    /// # Errors
    /// No filters, none that names a collection, no platform; no access; a filter or an order outside of the
    /// documented ones.
    pub async fn search_items(&self, unit: &UnitOfWork, list: &ListIn) -> Result<ItemsOut, Error> {
        let filters = &list.filters;
        if filters.0.is_empty() {
            return Err(Error::refused(Code::InvalidRequest, "empty filters"));
        }
        let Some((collection, rows, view)) = opened(unit, filters).await? else {
            return Ok(ItemsOut::of(Status::success(FOUND, 0), Vec::new(), Vec::new()));
        };
        let named = filters.value("platform").filter(|text| !text.is_empty());
        let is_named_by_id =
            filters.has_value("collectionId") || filters.has_value("collectionShareId");
        let of_campaign = collection.campaign_platform.as_deref().filter(|_| !is_named_by_id);
        let empty = || Error::invalid_value("platform", "empty platform");
        let platform = CampaignPlatform::parse(named.or(of_campaign).ok_or_else(empty)?);
        let platform = platform.ok_or_else(|| Error::invalid_filter("platform"))?;
        let within = Collected {
            collection_id: collection.id,
            owner: collection.partner_id,
            platform,
            without_hidden: view.hides(),
        };
        let Listed { rows: profiles, total, next } =
            self.discovery.collected(unit, within, list).await?;
        let items = self.items(unit, (&collection, &rows, view), platform, profiles).await?;
        Ok(ItemsOut::of(Status::success(FOUND, total).with_next(next), items, Vec::new()))
    }

    /// The items of these profiles; a profile whose item is gone meanwhile is left out.
    async fn items(
        &self,
        unit: &UnitOfWork,
        (collection, rows, view): (&Collection, &TenantDb<'_>, View),
        platform: CampaignPlatform,
        profiles: Vec<ProfileOut>,
    ) -> Result<Vec<ItemOut>, Error> {
        let account = |profile: &ProfileOut| profile.platform_code.parse::<i64>().ok();
        let accounts = profiles.iter().filter_map(account).collect();
        let (_, items) = rows.children::<Entity>(collection.id).await?;
        let found = dao::of_accounts(&items, platform.name(), accounts).await?;
        let mut values = value::of_items(rows, found.iter().map(|row| row.id).collect()).await?;
        let mut found: HashMap<i64, _> =
            found.into_iter().map(|row| (row.platform_account_code, row)).collect();
        let columns = custom_columns(collection)?;
        let hidden = match view.hides() {
            true => columns::hidden_keys(&columns, platform.name()),
            false => Default::default(),
        };
        let entries = profiles.into_iter().filter_map(|profile| {
            let row = found.remove(&account(&profile)?)?;
            let mut values = values.remove(&row.id).unwrap_or_default();
            values.retain(|value| !hidden.contains(value.key.as_str()));
            let entry = manager::entry(row, values, (view, unit.caller().is_admin()));
            Some(ItemOut { profile: Some(ItemProfileOut::Found(Box::new(profile))), ..entry })
        });
        Ok(entries.collect())
    }
}

/// The collection that the filters name, as the caller may see it; `None` where a campaign or a shortlist
/// has none for the caller.
async fn opened<'a>(unit: &'a UnitOfWork, filters: &Filters) -> Result<Option<Opened<'a>>, Error> {
    let value = |field| filters.value(field).filter(|text| !text.is_empty());
    let number = |field: &'static str| {
        let read = |text: &str| text.parse::<i64>().map_err(|_| Error::invalid_filter(field));
        value(field).map(read).transpose()
    };
    let (id, share_id) = (number("collectionId")?, value("collectionShareId"));
    let platform = value("platform");
    if (id.is_some() || share_id.is_some()) && platform.is_none() {
        return Err(Error::invalid_value("platform", "empty platform"));
    }
    if let Some(share_id) = share_id {
        return shared(unit, share_id, id).await;
    }
    if let Some(id) = id {
        if unit.caller().partner_id.is_none() {
            return Err(no_access());
        }
        let found = readable(unit, id).await;
        return found.map(Some).map_err(|error| match error.code() {
            Code::NotFound => no_access(),
            _ => error,
        });
    }
    let (campaign, shortlist) = (number("campaignId")?, value("shortlistId"));
    if campaign.is_none() && shortlist.is_none() {
        let text = "empty collection/campaign/shortlist id";
        return Err(Error::refused(Code::InvalidRequest, text));
    }
    if unit.caller().partner_id.is_none() {
        return Err(no_access());
    }
    let rows = unit.tenant().await?;
    let id = match (campaign, shortlist) {
        (Some(campaign), _) => dao::collection_of_campaign(&rows, campaign).await?,
        (_, Some(shortlist)) => dao::collection_of_shortlist(&rows, shortlist).await?,
        _ => None,
    };
    match id {
        Some(id) => readable(unit, id).await.map(Some),
        None => Ok(None),
    }
}

/// The collection behind a share id; where its id is named too, it has to be the same, and who may read it
/// as a whole does.
async fn shared<'a>(
    unit: &'a UnitOfWork,
    share_id: &str,
    id: Option<i64>,
) -> Result<Option<Opened<'a>>, Error> {
    if let Some(id) = id
        && unit.caller().partner_id.is_some()
        && let Ok((row, rows, View::Own)) = readable(unit, id).await
        && row.share_id == share_id
    {
        return Ok(Some((row, rows, View::Own)));
    }
    let (row, rows) = open(unit, share_id, ShareOwner::read_only).await?;
    let is_same = id.is_none_or(|id| id == row.id);
    Ok(is_same.then_some((row, rows, View::Shared)))
}
