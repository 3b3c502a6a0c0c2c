//! What items may be named by, what may be written of them, and how a row becomes an entry.

use super::super::dto::{ItemIn, ItemOut, ItemProfileOut, ValueIn, ValueOut};
use super::super::entity::CustomValue;
use super::super::entity::item::Model;
use super::columns::{KEY_LIMIT, TEXT_LIMIT};
use super::{View, check_lengths};
use crate::core::children::within;
use crate::core::error::{Code, Error};
use crate::core::types::{CampaignPlatform, Platform};

/// Longest remark, in characters.
const REMARKS_LIMIT: usize = 10_000;
/// Most values of an item.
const VALUE_LIMIT: usize = 100;

/// Items that may be added.
///
/// # Errors
/// None, too many, one without a platform, a value without a key, a text that is too long.
pub fn check_new(items: &[ItemIn]) -> Result<(), Error> {
    check_some(items, "no profiles to add")?;
    if items.iter().any(|item| item.platform.as_ref().is_none_or(String::is_empty)) {
        return Err(missing_platform());
    }
    items.iter().try_for_each(check)
}

/// Items that may be changed so.
///
/// # Errors
/// None, too many, a value without a key, a text that is too long.
pub fn check_changes(items: &[ItemIn]) -> Result<(), Error> {
    check_some(items, "no items to update")?;
    items.iter().try_for_each(check)
}

/// Items that may be named to be removed.
///
/// # Errors
/// None, too many.
pub fn check_removed(items: &[ItemIn]) -> Result<(), Error> {
    check_some(items, "no items to delete")
}

fn check_some(items: &[ItemIn], none: &'static str) -> Result<(), Error> {
    if items.is_empty() {
        return Err(Error::refused(Code::InvalidValue, none));
    }
    within(items.len())
}

fn check(item: &ItemIn) -> Result<(), Error> {
    check_lengths(&[
        (item.shortlisting_status.as_ref(), 45),
        (item.shortlist_id.as_ref(), 255),
        (item.brand_selection_status.as_ref(), 45),
        (item.brand_selection_remarks.as_ref(), REMARKS_LIMIT),
        (item.commercials.as_ref(), 127),
    ])?;
    let values = values(item);
    if values.iter().any(|value| value.key.as_ref().is_none_or(String::is_empty)) {
        let text = "custom column key cannot be empty";
        return Err(Error::invalid_value("customColumnsData", text));
    }
    if values.len() > VALUE_LIMIT {
        return Err(Error::invalid_request());
    }
    let is_good = |value: &ValueIn| {
        check_lengths(&[(value.key.as_ref(), KEY_LIMIT), (value.value.as_ref(), TEXT_LIMIT)])
    };
    values.iter().try_for_each(is_good)
}

/// Values of custom columns that a request has.
pub fn values(item: &ItemIn) -> &[ValueIn] {
    item.custom_columns_data.as_deref().unwrap_or_default()
}

/// A platform is needed to tell which item is meant.
pub fn missing_platform() -> Error {
    Error::invalid_value("platform", "missing attribute platform")
}

/// The platform that an item names, in upper case: another spelling names none.
pub fn platform(item: &ItemIn) -> Option<CampaignPlatform> {
    let name = item.platform.as_deref()?;
    CampaignPlatform::parse(name).filter(|platform| platform.name() == name)
}

/// The handle by which an item names its account, where nothing else does.
pub fn handle(item: &ItemIn) -> Option<(Platform, String)> {
    if item.campaign_profile_id.is_some() || item.platform_account_code.is_some() {
        return None;
    }
    let handle = item.profile.as_ref()?.handle.clone().filter(|text| !text.trim().is_empty())?;
    Some((platform(item)?.social()?, handle))
}

/// The entry of a row with its values in custom columns.
pub fn entry(row: Model, values: Vec<CustomValue>, view: (View, bool)) -> ItemOut {
    let (view, is_admin) = view;
    let value = |one: CustomValue| ValueOut { id: Some(one.id), key: one.key, value: one.value };
    ItemOut {
        id: Some(row.id),
        platform: Some(row.platform),
        platform_account_code: Some(row.platform_account_code),
        campaign_profile_id: row.campaign_profile_id,
        profile_social_id: Some(row.profile_social_id.unwrap_or_default()),
        profile_collection_id: Some(row.profile_collection_id),
        partner_id: Some(row.partner_id),
        shortlisting_status: row.shortlisting_status,
        enabled: Some(row.enabled),
        created_by: Some(row.created_by).filter(|_| view.names_authors()),
        shortlist_id: row.shortlist_id,
        created_at: Some(row.created_at.timestamp()),
        updated_at: Some(row.updated_at.timestamp()),
        hidden: Some(row.hidden),
        rank: Some(row.rank),
        custom_columns_data: values.into_iter().map(value).collect(),
        brand_selection_status: row.brand_selection_status,
        brand_selection_remarks: row.brand_selection_remarks,
        commercials: row.internal_commercials.filter(|_| is_admin),
        profile: None,
    }
}

/// An item as it is added to another collection, with these values.
pub fn copied(row: Model, values: Vec<CustomValue>) -> ItemIn {
    let value = |one: CustomValue| ValueIn { key: Some(one.key), value: Some(one.value) };
    ItemIn {
        platform: Some(row.platform),
        platform_account_code: Some(row.platform_account_code),
        hidden: Some(row.hidden),
        custom_columns_data: Some(values.into_iter().map(value).collect()),
        ..ItemIn::default()
    }
}

/// An item as the client sent it.
pub fn sent(item: ItemIn) -> ItemOut {
    let values = item.custom_columns_data.unwrap_or_default().into_iter();
    let value = |one: ValueIn| ValueOut {
        id: None,
        key: one.key.unwrap_or_default(),
        value: one.value.unwrap_or_default(),
    };
    ItemOut {
        id: item.id,
        platform: item.platform,
        platform_account_code: item.platform_account_code,
        campaign_profile_id: item.campaign_profile_id,
        shortlisting_status: item.shortlisting_status,
        enabled: item.enabled,
        shortlist_id: item.shortlist_id,
        hidden: item.hidden,
        rank: item.rank,
        custom_columns_data: values.map(value).collect(),
        brand_selection_status: item.brand_selection_status,
        brand_selection_remarks: item.brand_selection_remarks,
        profile: item.profile.map(ItemProfileOut::Named),
        ..ItemOut::default()
    }
}
