//! What may be stored of a collection, and how a row becomes an entry.

use serde::de::DeserializeOwned;

use super::super::dto::{CollectionIn, CollectionOut, ItemIn, OrderedColumns, PlatformColumns};
use super::super::entity::collection::Model;
use super::{SAAS, SOURCES, TRACKER, View, check_lengths, columns};
use crate::core::error::{Code, Error};
use crate::core::rows::fits;
use crate::core::share::check_chosen;

/// Longest name, in characters.
const NAME_LIMIT: usize = 255;
/// Longest description, in characters.
const DESCRIPTION_LIMIT: usize = 10_000;
/// Most elements of a list.
const LIST_LIMIT: usize = 1_000;
/// Longest element of a list, in characters.
const ELEMENT_LIMIT: usize = 255;

/// What fills a collection.
#[derive(Debug)]
pub enum Filling {
    /// The rows of a file, in a job.
    File(i64),
    /// These items.
    Items(Vec<ItemIn>),
    /// The items of another collection, in a job.
    Import(i64),
    /// Nothing.
    Nothing,
}

/// A new collection that may be stored.
///
/// # Errors
/// A missing or unknown member, or one that is too long.
pub fn checked_new(mut collection: CollectionIn) -> Result<CollectionIn, Error> {
    let missing = |text: &'static str| Err(Error::refused(Code::InvalidValue, text));
    let is_blank = |text: &Option<String>| text.as_ref().is_none_or(|text| text.trim().is_empty());
    if is_blank(&collection.source) || is_blank(&collection.name) {
        return missing("bad Request. Missing parameter source/name in input");
    }
    let source = collection.source.take().map(|source| source.to_ascii_uppercase());
    let source = source.filter(|source| SOURCES.contains(&source.as_str()));
    let unknown = || Error::invalid_value("source", "bad Request. Invalid source");
    let source = source.ok_or_else(unknown)?;
    if !is_filled(&source) && collection.source_id.as_ref().is_none_or(String::is_empty) {
        return missing("bad Request. Missing parameter sourceId in input");
    }
    collection.source_id = collection.source_id.filter(|id| !id.is_empty());
    collection.share_id = collection.share_id.filter(|id| !id.is_empty());
    collection.campaign_id = collection.campaign_id.filter(|id| *id != 0);
    check_chosen(collection.share_id.as_ref())?;
    collection.source = Some(source);
    checked(collection)
}

/// A change that may be stored.
///
/// # Errors
/// A blank name, or a member that may not be.
pub fn checked_change(collection: CollectionIn) -> Result<CollectionIn, Error> {
    if collection.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Error::invalid_value("name", "name cannot be empty"));
    }
    checked(collection)
}

fn checked(mut collection: CollectionIn) -> Result<CollectionIn, Error> {
    check_lengths(&[
        (collection.name.as_ref(), NAME_LIMIT),
        (collection.source_id.as_ref(), 255),
        (collection.campaign_platform.as_ref(), 45),
        (collection.description.as_ref(), DESCRIPTION_LIMIT),
        (collection.platform.as_ref(), 45),
    ])?;
    let lists = [&collection.categories, &collection.tags, &collection.disabled_metrics];
    let lists = lists
        .into_iter()
        .flatten()
        .all(|list| list.len() <= LIST_LIMIT && list.iter().all(|text| fits(text, ELEMENT_LIMIT)));
    let ids = collection.category_ids.as_ref().is_none_or(|ids| ids.len() <= LIST_LIMIT);
    if !lists || !ids {
        return Err(Error::invalid_request());
    }
    columns::with_keys(collection.custom_columns.as_deref_mut().unwrap_or_default())?;
    columns::check_order(collection.ordered_columns.as_deref().unwrap_or_default())?;
    Ok(collection)
}

/// Whether requests can fill collections of this source.
pub fn is_filled(source: &str) -> bool {
    source == SAAS || source == TRACKER
}

/// Takes out of a request what fills the collection.
pub fn filling(collection: &mut CollectionIn) -> Filling {
    let items = collection.items.take().filter(|items| !items.is_empty());
    match (collection.items_asset_id, items, collection.import_collection_id) {
        (Some(asset), ..) => Filling::File(asset),
        (_, Some(items), _) => Filling::Items(items),
        (.., Some(id)) => Filling::Import(id),
        _ => Filling::Nothing,
    }
}

/// The custom columns of a row.
///
/// # Errors
/// Stored ones that cannot be read.
pub fn custom_columns(row: &Model) -> Result<Vec<PlatformColumns>, Error> {
    stored(Some(&row.custom_columns))
}

/// A row without what it does not show in a view.
///
/// # Errors
/// Stored documents that cannot be read.
pub fn seen(row: Model, view: View) -> Result<Model, Error> {
    if !view.hides() {
        return Ok(row);
    }
    let internal = |error| Error::internal("profile collection", error);
    let mut custom = custom_columns(&row)?;
    let mut order: Vec<OrderedColumns> = stored(Some(&row.ordered_columns))?;
    columns::without_hidden(&mut custom, &mut order);
    Ok(Model {
        custom_columns: serde_json::to_value(custom).map_err(internal)?,
        ordered_columns: serde_json::to_value(order).map_err(internal)?,
        ..row
    })
}

/// What the copy of a row begins with: a plain list.
pub fn copied(row: Model) -> Model {
    let name = format!("Copy Of {}", row.name);
    Model { name: name.chars().take(NAME_LIMIT).collect(), source: SAAS.to_owned(), ..row }
}

/// The entry of a row, without what its items come to.
///
/// # Errors
/// Stored documents that cannot be read.
pub fn entry(row: Model, view: View) -> Result<CollectionOut, Error> {
    let mut custom = custom_columns(&row)?;
    let mut order: Vec<OrderedColumns> = stored(Some(&row.ordered_columns))?;
    if view.hides() {
        columns::without_hidden(&mut custom, &mut order);
    }
    Ok(CollectionOut {
        category_ids: stored(row.category_ids.as_ref())?,
        disabled_metrics: stored(Some(&row.disabled_metrics))?,
        custom_columns: custom,
        ordered_columns: order,
        id: row.id,
        name: row.name,
        partner_id: row.partner_id,
        source: row.source,
        source_id: row.source_id,
        description: row.description,
        featured: row.featured,
        enabled: row.enabled,
        analytics_enabled: row.analytics_enabled,
        created_by: Some(row.created_by).filter(|_| view.names_authors()),
        share_id: row.share_id,
        categories: row.categories,
        tags: row.tags,
        share_enabled: row.share_enabled,
        campaign_id: row.campaign_id,
        campaign_platform: row.campaign_platform,
        job_id: row.job_id.filter(|_| view.names_authors()),
        created_at: row.created_at.timestamp(),
        updated_at: row.updated_at.timestamp(),
        ..CollectionOut::default()
    })
}

/// A stored document; null is an empty one.
fn stored<T: DeserializeOwned + Default>(document: Option<&serde_json::Value>) -> Result<T, Error> {
    match document {
        None | Some(serde_json::Value::Null) => Ok(T::default()),
        Some(document) => {
            T::deserialize(document).map_err(|error| Error::internal("profile collection", error))
        }
    }
}
