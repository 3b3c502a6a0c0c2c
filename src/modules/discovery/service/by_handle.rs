//! An account by its handle, imported from the collector when it is not known yet.

use super::super::dao::account::{Along, Key, Link, find};
use super::super::dao::upsert::{self, Written};
use super::super::dto::ProfilesOut;
use super::super::entity::Found;
use super::super::entity::facts::Facts;
use super::super::manager::account::profile;
use super::super::manager::imported::{self, Import};
use super::super::manager::mask;
use super::super::manager::upsert::by_account;
use super::upsert::hold;
use super::{DiscoveryService, ProfileQuery, platform};
use crate::core::error::{Code, Error};
use crate::core::types::{Platform, fold_handle};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::service as campaign;

impl DiscoveryService {
    /// The profile of a handle (YouTube: channel id), written in any way. Unknown ones are imported for callers with a
    /// partner.
    ///
    /// # Errors
    /// Not a platform, a blank handle, no partner, `profile not found`, a collector that gives no
    /// answer, or a store error.
    pub async fn by_handle(
        &self,
        unit: &UnitOfWork,
        (platform_name, handle): (&str, &str),
        query: ProfileQuery,
    ) -> Result<ProfilesOut, Error> {
        let platform = platform(platform_name)?;
        let handle = &*fold_handle(platform, handle);
        if handle.is_empty() {
            let text = "handle is empty. Trying to get empty handle from beat";
            return Err(Error::invalid_value("handle", text));
        }
        let along = Along { link: Link::Saas, campaign: query.campaign_join, group: false };
        let found = self.of_handle(unit, (platform, handle), along).await?;
        let mut answer = profile(&found, query.source, Link::Saas, unit.caller());
        mask::listed(&mut answer, unit.caller().gated_plan());
        Ok(ProfilesOut::one(answer))
    }

    /// The account of a handle, with profile codes; imported where it is not known.
    pub(super) async fn of_handle(
        &self,
        unit: &UnitOfWork,
        (platform, handle): (Platform, &str),
        along: Along,
    ) -> Result<Found, Error> {
        match one(unit, platform, Key::Handle(handle), along).await? {
            Some(found) if found.account.has_profile_codes() => Ok(found),
            Some(found) => with_profile_codes(unit, &found, along).await,
            None => self.import(unit, (platform, handle), along).await,
        }
    }

    /// Fetches an account and stores it at once, in a transaction of its own: whoever waits for
    /// the same account must find it, and no transaction is open while the collector works.
    pub(super) async fn import(
        &self,
        unit: &UnitOfWork,
        (platform, handle): (Platform, &str),
        along: Along,
    ) -> Result<Found, Error> {
        unit.caller().partner()?;
        let _turn = self.fetches.enter((platform, handle.to_owned())).await;
        if let Some(found) = one(unit, platform, Key::Handle(handle), along).await? {
            return Ok(found);
        }
        let collected = self.collector.profile(unit, platform, handle).await;
        let collected = collected.map_err(|_| {
            Error::refused(Code::UpstreamUnavailable, "error due to beat returning no data")
        })?;
        let import = collected.and_then(|profile| imported::import(profile, platform, handle));
        let import = import.ok_or_else(not_found)?;
        let own = unit.apart();
        let id = store(&own, import).await?;
        let found = one(&own, platform, Key::Ids(&[id]), along).await?;
        own.commit().await?;
        found.ok_or_else(not_found)
    }
}

async fn one(
    unit: &UnitOfWork,
    platform: Platform,
    key: Key<'_>,
    along: Along,
) -> Result<Option<Found>, Error> {
    let rows = find(&unit.stale_read(), platform, key, along).await?;
    Ok(rows.into_iter().next())
}

async fn with_profile_codes(
    unit: &UnitOfWork,
    found: &Found,
    along: Along,
) -> Result<Found, Error> {
    let (platform, id) = (found.account.platform(), found.account.id());
    upsert::fill_profile_codes(&unit.write().await?, platform, id).await?;
    one(unit, platform, Key::Ids(&[id]), along).await?.ok_or_else(not_found)
}

async fn store(unit: &UnitOfWork, import: Import) -> Result<i64, Error> {
    match import {
        Import::Instagram(account) => store_account(unit, *account).await,
        Import::Youtube(account) => store_account(unit, account).await,
    }
}

/// Of an account that is stored already, only what the collector knows is written.
async fn store_account<F: Facts>(unit: &UnitOfWork, facts: F) -> Result<i64, Error> {
    let author = campaign::author(unit.caller());
    let accounts = by_account(vec![(author, facts)]);
    let held = hold(unit, &accounts, imported::derived).await?;
    let held = held.into_iter().next().ok_or_else(not_found)?;
    if !held.is_new {
        let account = Written { id: Some(held.id), facts: &held.facts, derived: None };
        upsert::update(&unit.write().await?, &[account], false).await?;
    }
    Ok(held.id)
}

fn not_found() -> Error {
    Error::not_found("profile not found")
}
