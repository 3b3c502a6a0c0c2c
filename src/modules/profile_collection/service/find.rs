//! Collections as this and other modules look them up.

use super::super::dao::item::{Items, Selected};
use super::super::dao::{collection as dao, item, value};
use super::super::entity::collection::{Entity, Model};
use super::super::entity::item::{Entity as Item, Model as ItemRow};
use super::super::manager::{self, View};
use super::ProfileCollectionService;
use crate::core::db::{ShareOwner, TenantDb};
use crate::core::error::{Code, Error};
use crate::core::unit_of_work::UnitOfWork;

/// Items of a page with the values that they have in custom columns, key and value.
pub type ItemPage = Vec<(ItemRow, Vec<(String, String)>)>;

impl ProfileCollectionService {
    /// Which of these ids (as text) are enabled profile collections of `partner_id`.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn owned(
        &self,
        unit: &UnitOfWork,
        partner_id: i64,
        ids: &[String],
    ) -> Result<Vec<String>, Error> {
        let numbers: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        dao::owned(&unit.tenant().await?, partner_id, &numbers).await
    }

    /// Those of these collections that are enabled and in the view `rows`, in the order of `ids`; an id that
    /// names none is left out.
    ///
    /// # Errors
    /// A store error.
    pub async fn find(&self, rows: &TenantDb<'_>, ids: &[i64]) -> Result<Vec<Model>, Error> {
        let mut found = dao::find(rows, ids).await?;
        found.sort_by_cached_key(|row| ids.iter().position(|id| *id == row.id));
        Ok(found)
    }

    /// The newest enabled tracker of this name in the view `rows`.
    ///
    /// # Errors
    /// A store error.
    pub async fn tracker_named(
        &self,
        rows: &TenantDb<'_>,
        name: &str,
    ) -> Result<Option<Model>, Error> {
        dao::named(rows, (manager::TRACKER, name)).await
    }

    /// Those of these accounts that are enabled items of a collection, platform and row.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`, a store error.
    pub async fn accounts(
        &self,
        rows: &TenantDb<'_>,
        collection_id: i64,
        accounts: Vec<i64>,
    ) -> Result<Vec<(String, i64)>, Error> {
        let (_, items) = rows.children::<Item>(collection_id).await?;
        let found = item::find(&items, Selected { accounts, ..Selected::default() }).await?;
        let enabled = found.into_iter().filter(|row| row.enabled);
        Ok(enabled.map(|row| (row.platform, row.platform_account_code)).collect())
    }

    /// The enabled collection behind a share id, and the view of its owner's rows that it opens.
    ///
    /// # Errors
    /// `record not found`; sharing is off; a store error.
    pub async fn shared<'a>(
        &self,
        unit: &'a UnitOfWork,
        share_id: &str,
    ) -> Result<(Model, TenantDb<'a>), Error> {
        open(unit, share_id, ShareOwner::read_only).await
    }

    /// A collection that the caller may read, the rows of its owner, and whether it is the caller's own;
    /// else the caller sees no hidden items.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`, a store error.
    pub async fn readable<'a>(
        &self,
        unit: &'a UnitOfWork,
        id: i64,
    ) -> Result<(Model, TenantDb<'a>, bool), Error> {
        let (row, rows, view) = readable(unit, id).await?;
        Ok((row, rows, view == View::Own))
    }

    /// Up to `size` enabled items of a platform of a collection behind the one with the id `after` (0 = from
    /// the first), in the order of their ids, with their values in custom columns. Two statements.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`, a store error.
    pub async fn items(
        &self,
        rows: &TenantDb<'_>,
        collection_id: i64,
        page: (&str, i64, u64),
    ) -> Result<ItemPage, Error> {
        let (_, items) = rows.children::<Item>(collection_id).await?;
        let page = item::page(&items, page).await?;
        let mut values = value::of_items(rows, page.iter().map(|row| row.id).collect()).await?;
        let with_values = |row: ItemRow| {
            let values = values.remove(&row.id).unwrap_or_default();
            (row, values.into_iter().map(|one| (one.key, one.value)).collect())
        };
        Ok(page.into_iter().map(with_values).collect())
    }
}

/// The collection behind a share id, with the view that `view` makes of its owner.
pub(super) async fn open<'a>(
    unit: &'a UnitOfWork,
    share_id: &str,
    view: fn(i64) -> ShareOwner,
) -> Result<(Model, TenantDb<'a>), Error> {
    let found = dao::shared(&unit.read(), share_id).await?;
    let (id, owner, is_open) = found.ok_or_else(Error::record_not_found)?;
    if !is_open {
        return Err(manager::not_shared());
    }
    let rows = unit.shared(view(owner)).await?;
    let row = dao::find(&rows, &[id]).await?.pop();
    Ok((row.ok_or_else(Error::record_not_found)?, rows))
}

/// A collection of the caller, or a featured one.
pub(super) async fn readable<'a>(
    unit: &'a UnitOfWork,
    id: i64,
) -> Result<(Model, TenantDb<'a>, View), Error> {
    if unit.caller().partner_id.is_some() {
        let rows = unit.tenant().await?;
        if let Some(row) = dao::find(&rows, &[id]).await?.pop() {
            return Ok((row, rows, View::Own));
        }
    }
    let owner = dao::featured(&unit.read(), id).await?;
    let rows = unit.shared(ShareOwner::read_only(owner.ok_or_else(|| Error::invalid_record(id))?));
    let rows = rows.await?;
    let row = dao::find(&rows, &[id]).await?.pop();
    Ok((row.ok_or_else(|| Error::invalid_record(id))?, rows, View::Featured))
}

/// A collection of the caller with its items, which nobody else changes until the end of the transaction.
pub(super) async fn to_change<'a>(
    unit: &'a UnitOfWork,
    id: i64,
) -> Result<(Model, Items<'a>), Error> {
    let found = unit.tenant().await?.children_to_change::<Item>(id).await;
    match found {
        Err(missing) => Err(refused(unit, id, missing).await?),
        found => found,
    }
}

/// Checks that a collection is the caller's.
pub(super) async fn own(unit: &UnitOfWork, id: i64) -> Result<Model, Error> {
    match unit.tenant().await?.row::<Entity>(id).await {
        Err(missing) => Err(refused(unit, id, missing).await?),
        found => found,
    }
}

/// What a collection that is not the caller's is refused with.
async fn refused(unit: &UnitOfWork, id: i64, missing: Error) -> Result<Error, Error> {
    if missing.code() != Code::NotFound {
        return Ok(missing);
    }
    let is_featured = dao::featured(&unit.read(), id).await?.is_some();
    Ok(if is_featured { manager::not_the_owner() } else { missing })
}
