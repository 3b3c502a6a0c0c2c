//! Items of a collection are added, removed and changed.

use std::collections::{BTreeMap, BTreeSet};

use super::super::dao::item::{self as dao, Items, Selected, shortlist};
use super::super::dao::value;
use super::super::dto::{ItemIn, ItemsOut};
use super::super::entity::collection::Model as Collection;
use super::super::entity::item::{Entity, Model};
use super::super::manager::collection::custom_columns;
use super::super::manager::{PROFILES, View, columns, item as manager};
use super::ProfileCollectionEditor;
use super::fill::{count, said, total};
use super::find::{open, to_change};
use crate::core::db::{ShareOwner, TenantDb};
use crate::core::envelope::Status;
use crate::core::error::{Code, Error};
use crate::core::unit_of_work::UnitOfWork;

const ADDED: &str = "Collection Items Added Successfully ";
const REMOVED: &str = "Collection Items Deleted Successfully ";
const CHANGED: &str = "Collection Items Updated Successfully ";

impl ProfileCollectionEditor {
    /// Adds items to a collection of the caller's own partner.
    ///
    /// # Errors
    /// `invalid Record Id`, `invalid Collection`, items that may not be added, a limit.
    pub async fn add(
        &self,
        unit: &UnitOfWork,
        id: i64,
        items: Vec<ItemIn>,
    ) -> Result<ItemsOut, Error> {
        let sent = self.import(unit, items).await?;
        let (collection, items) = to_change(unit, id).await?;
        if unit.caller().partner_id != Some(collection.partner_id) {
            return Err(Error::refused(Code::Unauthorized, "invalid Collection"));
        }
        let (rows, failed) = self.fill(unit, (&collection, &items), sent).await?;
        let view = (View::Own, unit.caller().is_admin());
        let rows = rows.into_iter().map(|row| manager::entry(row, Vec::new(), view));
        let failed = failed.into_iter().map(manager::sent);
        Ok(ItemsOut::of(Status::success(ADDED, 0), rows.collect(), failed.collect()))
    }

    /// Removes items, all or none.
    ///
    /// # Errors
    /// `invalid Record Id`, `error while finding profile`, `error while deleting profiles`.
    pub async fn remove_items(
        &self,
        unit: &UnitOfWork,
        id: i64,
        mut named: Vec<ItemIn>,
    ) -> Result<ItemsOut, Error> {
        manager::check_removed(&named)?;
        let handle = |item: &ItemIn| item.id.is_none().then(|| manager::handle(item)).flatten();
        let handles: Vec<_> = named.iter().filter_map(handle).collect();
        let known = self.discovery.stored_handles(unit, &handles).await?;
        let (_, items) = to_change(unit, id).await?;
        for item in &mut named {
            if let Some(handle) = handle(item) {
                let unknown = || Error::not_found("error while finding profile");
                item.platform_account_code = Some(*known.get(&handle).ok_or_else(unknown)?);
            }
        }
        let stored = dao::find(&items, selected(&named)).await?;
        let id = |item: &ItemIn| -> Result<i64, Error> {
            let missing = |_| Error::not_found("error while deleting profiles");
            Ok(pick(&stored, item)?.map_err(missing)?.id)
        };
        let ids: BTreeSet<i64> = named.iter().map(id).collect::<Result<_, _>>()?;
        dao::remove(&items, ids.into_iter().collect()).await?;
        Ok(ItemsOut::of(Status::success(REMOVED, 0), Vec::new(), Vec::new()))
    }

    /// Changes items, all or none; absent members stay.
    ///
    /// # Errors
    /// `invalid Record Id`, an item that is not there, a change that may not be, a limit.
    pub async fn change_items(
        &self,
        unit: &UnitOfWork,
        id: i64,
        changes: Vec<ItemIn>,
    ) -> Result<ItemsOut, Error> {
        manager::check_changes(&changes)?;
        let (collection, items) = to_change(unit, id).await?;
        let stored = dao::find(&items, selected(&changes)).await?;
        let was: BTreeMap<i64, bool> = stored.iter().map(|row| (row.id, row.enabled)).collect();
        let is_admin = unit.caller().is_admin();
        let apply = |row: &mut Model, change: ItemIn| {
            set(&mut row.enabled, change.enabled);
            set(&mut row.hidden, change.hidden);
            set(&mut row.rank, change.rank);
            set_some(&mut row.shortlisting_status, change.shortlisting_status);
            set_some(&mut row.shortlist_id, change.shortlist_id.map(shortlist));
            set_some(&mut row.brand_selection_status, change.brand_selection_status);
            set_some(&mut row.brand_selection_remarks, change.brand_selection_remarks);
            set_some(&mut row.internal_commercials, change.commercials.filter(|_| is_admin));
        };
        let (rows, values) = changed(&stored, changes, apply)?;
        let again = rows.iter().filter(|row| row.enabled && was.get(&row.id) == Some(&false));
        let again = count(again.count());
        if again > 0 {
            let gone =
                rows.iter().filter(|row| !row.enabled && was.get(&row.id) == Some(&true)).count();
            let enabled = total(&dao::standing(&items, Vec::new()).await?) - count(gone);
            let platform = rows.first().map(|row| row.platform.as_str()).unwrap_or_default();
            self.admit(unit, &collection, (&PROFILES, again, platform), enabled).await?;
        }
        write(&unit.tenant().await?, &items, rows, values).await
    }

    /// Changes items by the share id of their collection: values of custom columns and what the brand
    /// decided; all or none.
    ///
    /// # Errors
    /// `record not found`, sharing is off, an item that is not shown, a column that is not open.
    pub async fn change_shared(
        &self,
        unit: &UnitOfWork,
        share_id: &str,
        changes: Vec<ItemIn>,
    ) -> Result<ItemsOut, Error> {
        manager::check_changes(&changes)?;
        let (collection, rows) = open(unit, share_id, ShareOwner::writable).await?;
        let (collection, items) = rows.children_to_change::<Entity>(collection.id).await?;
        let mut stored = dao::find(&items, selected(&changes)).await?;
        stored.retain(|row| row.enabled && !row.hidden);
        check_columns(&collection, &stored, &changes)?;
        let apply = |row: &mut Model, change: ItemIn| {
            set_some(&mut row.brand_selection_status, change.brand_selection_status);
            set_some(&mut row.brand_selection_remarks, change.brand_selection_remarks);
        };
        let (changed, values) = changed(&stored, changes, apply)?;
        write(&rows, &items, changed, values).await
    }
}

/// Every column that is written is open to whoever has the share id.
fn check_columns(
    collection: &Collection,
    stored: &[Model],
    changes: &[ItemIn],
) -> Result<(), Error> {
    let open = custom_columns(collection)?;
    for change in changes {
        let row = pick(stored, change)?.map_err(invalid)?;
        for value in manager::values(change) {
            let key = value.key.as_deref().unwrap_or_default();
            if !columns::is_editable(&open, &row.platform, key) {
                let text = format!("custom column not editable - {key}");
                return Err(Error::invalid_value("customColumnsData", text));
            }
        }
    }
    Ok(())
}

type Values = Vec<(i64, String, String)>;

/// The rows as they will be, and the values of custom columns.
fn changed(
    stored: &[Model],
    changes: Vec<ItemIn>,
    apply: impl Fn(&mut Model, ItemIn),
) -> Result<(Vec<Model>, Values), Error> {
    let (mut rows, mut values) = (BTreeMap::new(), Vec::new());
    for change in changes {
        let row = pick(stored, &change)?.map_err(invalid)?;
        values.extend(said(row.id, &change));
        apply(rows.entry(row.id).or_insert_with(|| row.clone()), change);
    }
    Ok((rows.into_values().collect(), values))
}

async fn write(
    rows: &TenantDb<'_>,
    items: &Items<'_>,
    changed: Vec<Model>,
    values: Values,
) -> Result<ItemsOut, Error> {
    dao::update(items, changed).await?;
    value::store(rows, values).await?;
    Ok(ItemsOut::of(Status::success(CHANGED, 0), Vec::new(), Vec::new()))
}

fn set<T>(column: &mut T, said: Option<T>) {
    if let Some(said) = said {
        *column = said;
    }
}

fn set_some<T>(column: &mut Option<T>, said: Option<T>) {
    if said.is_some() {
        *column = said;
    }
}

/// What names the items.
fn selected(items: &[ItemIn]) -> Selected {
    let mut selected = Selected::default();
    for item in items {
        match (item.id, item.campaign_profile_id, item.platform_account_code) {
            (Some(id), ..) => selected.ids.push(id),
            (_, Some(id), _) => selected.campaign_profiles.push(id),
            (.., Some(id)) => selected.accounts.push(id),
            _ => {}
        }
    }
    selected
}

/// The stored item that is named, or by what nothing is found.
fn pick<'a>(stored: &'a [Model], item: &ItemIn) -> Result<Result<&'a Model, &'static str>, Error> {
    let field = match (item.id, item.campaign_profile_id, item.platform_account_code) {
        (Some(_), ..) => "id",
        (_, Some(_), _) => "campaignProfileId",
        (.., Some(_)) => "platformAccountCode",
        _ => return Ok(Err("")),
    };
    let is_named = |row: &Model| match field {
        "id" => item.id == Some(row.id),
        "campaignProfileId" => item.campaign_profile_id == row.campaign_profile_id,
        _ => item.platform_account_code == Some(row.platform_account_code),
    };
    let is_there = |row: &&Model| {
        let platform = item.platform.as_ref().filter(|_| field != "id");
        is_named(row) && platform.is_none_or(|name| row.platform.eq_ignore_ascii_case(name))
    };
    let mut found = stored.iter().filter(is_there);
    match (found.next(), found.next()) {
        (Some(_), Some(_)) => Err(manager::missing_platform()),
        (Some(row), None) => Ok(Ok(row)),
        (None, _) => Ok(Err(field)),
    }
}

fn invalid(field: &'static str) -> Error {
    match field {
        "" => Error::refused(Code::InvalidValue, "error while Updating profiles"),
        field => Error::not_found(format!("invalid {field}")),
    }
}
