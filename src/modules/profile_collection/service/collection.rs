//! Collections that are there.

use std::collections::HashMap;

use super::super::dao::{collection as dao, summary};
use super::super::dto::{
    CollectionIn, CollectionOut, CollectionsOut, PlatformSummaryOut, ProfileCountOut,
};
use super::super::entity::PlatformTotal;
use super::super::entity::collection::{Entity, Model};
use super::super::manager::collection::{self as manager, Filling};
use super::super::manager::{SAAS, View, columns, no_access};
use super::ProfileCollectionEditor;
use super::find::{open, own, readable, to_change};
use crate::core::db::{ShareOwner, TenantDb};
use crate::core::envelope::{RETRIEVED, Status, Success as _, UPDATED};
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;

const DELETED: &str = "Record Deleted Successfully";

impl ProfileCollectionEditor {
    /// A collection with what its items come to.
    ///
    /// # Errors
    /// `invalid Record Id`; no access for a caller who is no user, unless it is featured.
    pub async fn get(&self, unit: &UnitOfWork, id: i64) -> Result<CollectionsOut, Error> {
        let is_user = unit.caller().user().is_ok();
        let found = readable(unit, id).await;
        let (row, rows, view) = found.map_err(|error| if is_user { error } else { no_access() })?;
        if !is_user && view == View::Own && !row.featured {
            return Err(no_access());
        }
        Ok(CollectionsOut::one(RETRIEVED, whole(&rows, row, view).await?))
    }

    /// A collection as anybody sees it by its share id.
    ///
    /// # Errors
    /// `record not found`; sharing is off.
    pub async fn shared(&self, unit: &UnitOfWork, share_id: &str) -> Result<CollectionsOut, Error> {
        let (row, rows) = open(unit, share_id, ShareOwner::read_only).await?;
        Ok(CollectionsOut::one(RETRIEVED, whole(&rows, row, View::Shared).await?))
    }

    /// Changes a collection; absent members stay. Items, a file or another collection fill a list or a
    /// tracker.
    ///
    /// # Errors
    /// `invalid Record Id`, a change that may not be, a limit; the job that fills it could not be created,
    /// then the rest of the change stays.
    pub async fn update(
        &self,
        unit: &UnitOfWork,
        id: i64,
        change: CollectionIn,
    ) -> Result<CollectionsOut, Error> {
        let mut change = manager::checked_change(change)?;
        if !unit.caller().is_admin() {
            change.featured = None;
        }
        let filling = match change.enabled {
            Some(false) => Filling::Nothing,
            _ => manager::filling(&mut change),
        };
        let platform = change.platform.clone();
        match filling {
            Filling::Nothing => {
                own(unit, id).await?;
                dao::update(&unit.tenant().await?, id, change).await?;
            }
            Filling::Items(sent) => {
                let sent = self.import(unit, sent).await?;
                let (row, _) = to_change(unit, id).await?;
                let row = dao::update(&unit.tenant().await?, row.id, change).await?;
                if manager::is_filled(&row.source) {
                    let (row, items) = to_change(unit, id).await?;
                    self.fill(unit, (&row, &items), sent).await?;
                }
            }
            filling => {
                self.check_import(unit, &filling).await?;
                unit.take_key().await?;
                let first = unit.apart();
                own(&first, id).await?;
                let row = dao::update(&first.tenant().await?, id, change).await?;
                first.commit().await?;
                if manager::is_filled(&row.source) {
                    let job = self.start_job(unit, &row, &filling, platform).await?;
                    let second = unit.apart();
                    dao::set_job(&second.tenant().await?, row.id, job).await?;
                    second.commit().await?;
                }
            }
        }
        Ok(CollectionsOut::changed())
    }

    /// Gives a collection a new share id.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn renew(&self, unit: &UnitOfWork, id: i64) -> Result<CollectionsOut, Error> {
        own(unit, id).await?;
        let row = unit.tenant().await?.renew_share_id::<Entity>(id).await?;
        Ok(CollectionsOut::one(UPDATED, manager::entry(row, View::Own)?))
    }

    /// Removes a collection.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn remove(&self, unit: &UnitOfWork, id: i64) -> Result<CollectionsOut, Error> {
        own(unit, id).await?;
        dao::remove(&unit.tenant().await?, id).await?;
        Ok(CollectionsOut::of(Status::success(DELETED, 1), Vec::new()))
    }

    /// The caller's own collections that were changed last, at most two.
    ///
    /// # Errors
    /// A store error.
    pub async fn recent(&self, unit: &UnitOfWork) -> Result<CollectionsOut, Error> {
        let own = unit.tenant().await?.own();
        let recent = dao::recent(&own, SAAS).await?;
        let second = match (recent.first, recent.newest) {
            (Some(_), Some(newest)) if recent.first != Some(newest) => Some(newest),
            (Some(_), _) => recent.second,
            (None, _) => None,
        };
        let ids: Vec<i64> =
            [recent.first.or(recent.newest), second].into_iter().flatten().collect();
        let mut rows = dao::find(&own, &ids).await?;
        rows.sort_by_key(|row| ids.iter().position(|id| *id == row.id));
        let entries = rows.into_iter().map(|row| manager::entry(row, View::Own));
        Ok(CollectionsOut::of(Status::success(RETRIEVED, 1), entries.collect::<Result<_, _>>()?))
    }
}

/// The entry of a collection with what its items come to.
pub(super) async fn whole(
    rows: &TenantDb<'_>,
    row: Model,
    view: View,
) -> Result<CollectionOut, Error> {
    let id = row.id;
    let totals = summary::totals(rows, vec![id], (view.hides(), false)).await?;
    let mut entry = manager::entry(row, view)?;
    let keys = columns::computed_keys(&entry.custom_columns);
    let stored = summary::columns(rows, id, (keys, view.hides())).await?;
    let counts: HashMap<String, i64> =
        totals.iter().map(|one| (one.platform.clone(), one.items)).collect();
    columns::compute(&mut entry.custom_columns, &counts, &stored);
    for total in totals {
        let counted = PlatformSummaryOut { profile_count: counted(&total), ..Default::default() };
        entry.platform_wise_items_summary.insert(total.platform, counted);
    }
    Ok(entry)
}

pub(super) fn counted(total: &PlatformTotal) -> ProfileCountOut {
    ProfileCountOut { count: total.items, email_count: total.emails, phone_count: total.phones }
}
