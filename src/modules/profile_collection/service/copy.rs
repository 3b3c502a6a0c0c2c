//! Collections are copied: into new ones, and into others.

use std::collections::HashSet;

use super::super::dao::item::{self as dao, Items};
use super::super::dao::{collection as rows, value};
use super::super::dto::PlatformColumns;
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::{Entity as Item, Model as ItemRow};
use super::super::manager::collection::{self as manager, custom_columns};
use super::super::manager::{View, columns, item};
use super::ProfileCollectionEditor;
use super::fill::Sent;
use super::find::{readable, to_change};
use crate::core::children::MOST;
use crate::core::db::TenantDb;
use crate::core::error::{Code, Error};
use crate::core::job_batch::{BatchItem, JobBatch, check_sender};
use crate::core::types::CampaignPlatform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::{AccountName, NamedBy};

/// What a batch says whatever became of its items.
pub const COPIED: &str = "Processing Complete";
const DUPLICATED: &str = "Collection Duplicated Successfully";
const IMPORTED: &str = "Items Imported Successfully";

/// What is copied, as the caller sees it.
struct Source<'a> {
    collection: Collection,
    columns: Vec<PlatformColumns>,
    rows: TenantDb<'a>,
    view: View,
}

impl ProfileCollectionEditor {
    /// Makes a list of the caller's partner out of each collection that a batch names.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account; a store that fails.
    pub async fn duplicate(
        &self,
        unit: &UnitOfWork,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        for item in &mut batch.items {
            let copy = unit.part(self.duplicate_one(unit, item)).await;
            if let Some(id) = item.conclude(copy, DUPLICATED)? {
                item.output("collectionId", id.to_string());
            }
        }
        batch.complete(Some(COPIED));
        Ok(batch)
    }

    /// Copies the items of collections into others that are the caller's, as a batch says.
    ///
    /// # Errors
    /// `Unauthorized Access` without partner and account; a store that fails.
    pub async fn import_items(
        &self,
        unit: &UnitOfWork,
        mut batch: JobBatch,
    ) -> Result<JobBatch, Error> {
        check_sender(unit)?;
        for item in &mut batch.items {
            let imported = unit.part(self.import_one(unit, item)).await;
            item.conclude(imported, IMPORTED)?;
        }
        batch.complete(Some(COPIED));
        Ok(batch)
    }

    async fn duplicate_one(&self, unit: &UnitOfWork, asked: &BatchItem) -> Result<i64, Error> {
        let missing = || Error::invalid_value("collectionId", "Collection Id missing in request");
        let source = source(unit, asked.input("collectionId").ok_or_else(missing)?).await?;
        let own = unit.tenant().await?.own();
        let copy = rows::copy(&own, manager::copied(source.collection.clone())).await?;
        let taken = || Error::internal("profile collection", "no share id is free");
        let (copy, items) = to_change(unit, copy.ok_or_else(taken)?.id).await?;
        self.copy(unit, &source, (&copy, &items), &CampaignPlatform::ALL).await?;
        Ok(copy.id)
    }

    async fn import_one(&self, unit: &UnitOfWork, asked: &BatchItem) -> Result<(), Error> {
        let input =
            |field, missing| asked.input(field).ok_or_else(|| Error::invalid_value(field, missing));
        let from = input("fromCollectionId", "From Collection Id missing in request")?;
        let to = input("toCollectionId", "To CollectionId is missing")?;
        let source = source(unit, from).await;
        let source = source.map_err(|error| invalid(error, "Invalid From Collection"))?;
        let target = target(unit, to).await;
        let (collection, items) =
            target.map_err(|error| invalid(error, "Invalid To Collection"))?;
        // A collection has its own items.
        if collection.id == source.collection.id {
            return Ok(());
        }
        let platform = asked.input("platform").and_then(CampaignPlatform::parse);
        let platforms = platform.as_ref().map_or(&CampaignPlatform::ALL[..], std::slice::from_ref);
        self.copy(unit, &source, (&collection, &items), platforms).await
    }

    /// Adds the items of a collection to another one that is locked, in the order of their ranks, with the
    /// values of the columns that both have. What becomes new is charged at once.
    async fn copy(
        &self,
        unit: &UnitOfWork,
        source: &Source<'_>,
        to: (&Collection, &Items<'_>),
        platforms: &[CampaignPlatform],
    ) -> Result<(), Error> {
        let (_, from) = source.rows.children::<Item>(source.collection.id).await?;
        let target = custom_columns(to.0)?;
        let (mut new, mut first) = (0, "");
        for platform in platforms {
            let name = platform.name();
            let keys = columns::keys(&source.columns, name);
            let keys = keys.intersection(&columns::keys(&target, name)).cloned().collect();
            let mut after = None;
            loop {
                let page = (name, after, MOST as u64);
                let page = dao::ranked(&from, page, source.view.hides()).await?;
                let Some(last) = page.last() else { break };
                after = Some((last.rank, last.id));
                let is_last = page.len() < MOST;
                if first.is_empty() {
                    first = name;
                }
                let sent = sent(source, *platform, (page, &keys)).await?;
                new += self.put(unit, to, sent).await?.new;
                if is_last {
                    break;
                }
            }
        }
        self.charge_items(unit, to.0, new, first).await
    }
}

/// The collection with this id (as text) as the caller sees it.
async fn source<'a>(unit: &'a UnitOfWork, id: &str) -> Result<Source<'a>, Error> {
    let (collection, rows, view) = readable(unit, number(id)?).await?;
    let collection = manager::seen(collection, view)?;
    Ok(Source { columns: custom_columns(&collection)?, collection, rows, view })
}

async fn target<'a>(unit: &'a UnitOfWork, id: &str) -> Result<(Collection, Items<'a>), Error> {
    to_change(unit, number(id)?).await
}

fn number(id: &str) -> Result<i64, Error> {
    id.parse().map_err(|_| Error::invalid_record(id))
}

/// What a collection that the caller may not use is refused with.
fn invalid(error: Error, text: &'static str) -> Error {
    match error.code() {
        Code::NotFound | Code::Unauthorized => Error::not_found(text),
        _ => error,
    }
}

/// Items of a page as they are added to another collection, with the values that they have under these keys.
async fn sent(
    source: &Source<'_>,
    platform: CampaignPlatform,
    (page, keys): (Vec<ItemRow>, &HashSet<String>),
) -> Result<Sent, Error> {
    let ids = if keys.is_empty() { Vec::new() } else { page.iter().map(|row| row.id).collect() };
    let mut values = value::of_items(&source.rows, ids).await?;
    let one = |row: ItemRow| {
        let mut values = values.remove(&row.id).unwrap_or_default();
        values.retain(|value| keys.contains(&value.key));
        let by = NamedBy::Account(row.platform_account_code);
        (item::copied(row, values), Some(AccountName { platform, by }))
    };
    Ok(page.into_iter().map(one).collect())
}
