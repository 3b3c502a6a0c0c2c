//! What other modules do with campaign profiles, in their own unit of work.

use std::collections::HashMap;

use super::dao::{contact_flags as flags_dao, create, profile};
use super::dto::{
    AdminDetailsOut, ChangesIn, NewProfile, OfAccount, StoredDetails, UserDetailsOut,
};
use super::entity::{CampaignProfileRow, Model};
use super::manager::levels::{self, COHORTS, PROGRAMS};
use super::manager::{details, merge};
use crate::core::caller::Caller;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::jobs::JobRun;
use crate::core::types::{CampaignPlatform, Platform};
use crate::core::unit_of_work::UnitOfWork;

/// Who changes profiles where no account does.
const SYSTEM: &str = "SYSTEM";

/// Who changes profiles when this caller does: its account.
pub fn author(caller: &Caller) -> String {
    caller.account_id.map_or_else(|| SYSTEM.to_owned(), |id| id.to_string())
}

/// What staff and the creator entered, unmasked; empty where nothing is stored.
pub fn details(row: &CampaignProfileRow) -> (AdminDetailsOut, UserDetailsOut) {
    let admin = row.admin_details.as_ref().map(details::admin).unwrap_or_default();
    (admin, row.user_details.as_ref().map(details::user).unwrap_or_default())
}

/// Stored id of a creator's program.
pub fn program_id(tag: &str) -> Option<i64> {
    levels::id(tag, PROGRAMS)
}

/// Stored id of a creator's cohort.
pub fn cohort_id(tag: &str) -> Option<i64> {
    levels::id(tag, COHORTS)
}

/// Creates the profiles of accounts of one platform that the transaction holds, where they have none; the details
/// that they have then, by account. In one statement.
///
/// # Errors
/// A store error.
pub async fn create_missing(
    unit: &UnitOfWork,
    platform: Platform,
    profiles: &[NewProfile],
) -> Result<HashMap<i64, StoredDetails>, Error> {
    create::missing(&unit.write().await?, platform, profiles).await
}

/// Gives accounts of one platform profiles: pairs of account and profile. In one statement.
///
/// # Errors
/// A store error.
pub async fn create_of_accounts(
    unit: &UnitOfWork,
    platform: Platform,
    ids: Vec<i64>,
) -> Result<Vec<(i64, i64)>, Error> {
    create::of_accounts(&unit.write().await?, platform, (ids, author(unit.caller()))).await
}

/// Gives accounts that a bulk load brings profiles that say nothing yet, in its transaction.
///
/// # Errors
/// A store error.
pub async fn create_bare(tx: &Db<'_>, platform: Platform, ids: Vec<i64>) -> Result<(), Error> {
    create::bare(tx, platform, ids).await
}

/// The profile with this id.
///
/// # Errors
/// `invalid Record Id - <id>`, also for one that was switched off; a store error.
pub async fn get(unit: &UnitOfWork, id: i64) -> Result<Model, Error> {
    let rows = profile::find(&unit.read(), vec![id]).await?;
    rows.into_iter().next().ok_or_else(|| Error::invalid_record(id))
}

/// The profiles with these ids, in their order.
///
/// # Errors
/// As [`get`], for the first that is not there.
pub async fn get_all(unit: &UnitOfWork, ids: &[i64]) -> Result<Vec<Model>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = profile::find(&unit.read(), ids.to_vec()).await?;
    let one = |id: &i64| {
        let row = rows.iter().find(|row| row.id == *id).cloned();
        row.ok_or_else(|| Error::invalid_record(id))
    };
    ids.iter().map(one).collect()
}

/// The profile of an account; `None` where it has none.
///
/// # Errors
/// `invalid Record Id - <id>` for one that was switched off; a store error.
pub async fn of_account(
    unit: &UnitOfWork,
    platform: CampaignPlatform,
    account_id: i64,
) -> Result<Option<Model>, Error> {
    let row = profile::of_account(&unit.read(), platform, account_id).await?;
    row.map(enabled).transpose()
}

/// The profile, until the commit changed by nobody else.
///
/// # Errors
/// As [`get`].
pub async fn lock(unit: &UnitOfWork, id: i64) -> Result<Model, Error> {
    let row = profile::lock(&unit.write().await?, id).await?;
    row.ok_or_else(|| Error::invalid_record(id))
}

/// The profiles of these accounts, in their order, created where they are missing, until the commit changed
/// by nobody else; each with whether it is new. In one statement. New ones lack what follows from their
/// account: [`merge`] them.
///
/// # Errors
/// `invalid Record Id - <id>` for one that was switched off; a store error.
pub async fn lock_of_accounts(
    unit: &UnitOfWork,
    accounts: &[(CampaignPlatform, i64)],
) -> Result<Vec<(Model, bool)>, Error> {
    let rows = create::locked(&unit.write().await?, accounts, &author(unit.caller())).await?;
    let one = |(platform, account_id): &(CampaignPlatform, i64)| {
        let is_its = |(row, _): &&(Model, bool)| {
            row.platform == platform.name() && row.platform_account_id == *account_id
        };
        let (row, is_new) = rows.iter().find(is_its).cloned().ok_or_else(unreturned)?;
        Ok((enabled(row)?, is_new))
    };
    accounts.iter().map(one).collect()
}

/// Whether the details of a change can be stored.
///
/// # Errors
/// As [`merge`].
pub fn check(changes: &ChangesIn) -> Result<(), Error> {
    merge::check(changes)
}

/// The profile as it is after the change, not yet saved.
///
/// # Errors
/// Details that cannot be stored.
pub fn merge(row: Model, changes: &ChangesIn, account: OfAccount<'_>) -> Result<Model, Error> {
    merge::merged(row, changes, account)
}

/// Saves profiles that the transaction holds, in one statement.
///
/// # Errors
/// `record already exists` where the account of the creator application has another profile; a store error.
pub async fn save(unit: &UnitOfWork, rows: &[Model]) -> Result<(), Error> {
    profile::save(&unit.write().await?, rows).await
}

/// Writes `has_email` and `has_phone` of the campaign profiles in which they are wrong. Goes on where an
/// earlier run stopped.
pub(super) async fn contact_flags(run: &JobRun) -> Result<u64, Error> {
    let reached = run.position::<i64>().await?;
    let (mut written, mut after) = (0, Some(reached.unwrap_or(i64::MIN)));
    while let Some(id) = after {
        let unit = run.as_platform();
        let db = unit.write().await?;
        let batch = flags_dao::correct(&db, id).await?;
        run.reach(&db, batch.last.as_ref()).await?;
        unit.commit().await?;
        written += batch.written;
        after = batch.last;
    }
    Ok(written)
}

fn enabled(row: Model) -> Result<Model, Error> {
    if row.enabled { Ok(row) } else { Err(Error::invalid_record(row.id)) }
}

fn unreturned() -> Error {
    Error::internal("postgresql", "an upsert returned no row")
}
