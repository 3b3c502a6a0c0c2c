//! Accounts for other modules.

use std::collections::HashMap;

use super::super::dao::account::{Along, Key, Link, codes, exists, find, lines};
use super::super::dao::link::links;
use super::super::dto::{ProfileOut, SocialAccountOut};
use super::super::entity::{AccountLink, Found};
use super::super::manager::account::{Source, alone, named_account, social_account};
use super::super::manager::mask;
use super::{DiscoveryService, shown};
use crate::core::attach::attach;
use crate::core::error::Error;
use crate::core::types::{Plan, Platform};
use crate::core::unit_of_work::UnitOfWork;

/// An account as other modules show it, masked for the caller's plan.
#[derive(Debug, Clone)]
pub struct AccountCard {
    /// The account with its link; `locked` is not looked up.
    pub profile: ProfileOut,
    /// The account alone.
    pub account: SocialAccountOut,
    /// Text by which searches find the account.
    pub search_phrase: Option<String>,
}

impl DiscoveryService {
    /// Those of the accounts that exist for callers, by platform and row id, in one statement per
    /// platform.
    ///
    /// # Errors
    /// A store error.
    pub async fn accounts(
        &self,
        unit: &UnitOfWork,
        accounts: &[(Platform, i64)],
    ) -> Result<HashMap<(Platform, i64), AccountCard>, Error> {
        let mut ids: HashMap<Platform, Vec<i64>> = HashMap::new();
        for (platform, id) in accounts {
            ids.entry(*platform).or_default().push(*id);
        }
        let mut cards = HashMap::new();
        for (platform, ids) in ids {
            let along = Along::link(Link::Saas);
            let rows = find(&unit.stale_read(), platform, Key::Ids(&ids), along).await?;
            let known = rows.iter().map(|found| ((platform, found.account.id()), found));
            cards.extend(known.map(|(account, found)| (account, card(found, unit))));
        }
        Ok(cards)
    }

    /// What leads to those of the accounts that exist for callers, by platform and row id, in one statement.
    ///
    /// # Errors
    /// A store error.
    pub async fn links(
        &self,
        unit: &UnitOfWork,
        accounts: &[(Platform, i64)],
    ) -> Result<HashMap<(Platform, i64), AccountLink>, Error> {
        if accounts.is_empty() {
            return Ok(HashMap::new());
        }
        links(&unit.stale_read(), accounts).await
    }

    /// Those of the accounts that exist for callers, in the order of `ids`, in one statement. Of each only
    /// `platform_code`, name, handle and the figures that a line of a file shows are filled.
    ///
    /// # Errors
    /// A store error.
    pub async fn lines(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        ids: &[i64],
    ) -> Result<Vec<ProfileOut>, Error> {
        let rows = lines(&unit.write().await?, platform, ids).await?;
        let rows = rows.iter().map(|row| (row.id(), alone(row)));
        let mut known: HashMap<i64, ProfileOut> = rows.collect();
        Ok(ids.iter().filter_map(|id| known.remove(id)).collect())
    }

    /// Profile codes of those of these accounts that exist for callers, by the platform's own ids (Instagram
    /// id, channel id), in one statement.
    ///
    /// # Errors
    /// A store error.
    pub async fn profile_codes(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        ids: &[String],
    ) -> Result<HashMap<String, String>, Error> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        codes(&unit.stale_read(), platform, ids).await
    }

    /// The account on `platform` behind a profile code: the code's own one, or the one that it is
    /// linked to.
    ///
    /// # Errors
    /// A store error.
    pub async fn account_on(
        &self,
        unit: &UnitOfWork,
        profile_code: &str,
        platform: Platform,
    ) -> Result<Option<i64>, Error> {
        for owner in [Platform::Instagram, Platform::Youtube] {
            let (key, along) = (Key::ProfileId(profile_code), Along::link(Link::Saas));
            let found = find(&unit.read(), owner, key, along).await?;
            let Some(Found { account, linked, .. }) = found.into_iter().next() else { continue };
            let known = std::iter::once(account).chain(linked);
            let wanted = known.into_iter().find(|account| account.platform() == platform);
            return Ok(wanted.map(|account| account.id()));
        }
        Ok(None)
    }

    /// Whether the account exists for callers.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn account_exists(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        id: i64,
    ) -> Result<bool, Error> {
        exists(&unit.read(), platform, id).await
    }

    /// Accounts by the platform's own ids (Instagram id, channel id), in the order of the ids;
    /// unknown ones are left out.
    ///
    /// # Errors
    /// A store error.
    pub(super) async fn named_accounts(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        ids: &[String],
    ) -> Result<Vec<SocialAccountOut>, Error> {
        let load = async |ids: Vec<String>| {
            let along = Along::link(Link::Saas);
            let rows = find(&unit.stale_read(), platform, Key::PlatformIds(&ids), along).await?;
            let accounts = rows.iter().map(|found| &found.account);
            Ok(accounts.map(|one| (one.platform_id().to_owned(), named_account(one))).collect())
        };
        let attached = attach(ids.to_vec(), |id| Some(id.clone()), load).await?;
        Ok(attached.into_iter().filter_map(|(_, account)| account).collect())
    }
}

fn card(found: &Found, unit: &UnitOfWork) -> AccountCard {
    let plan = unit.caller().gated_plan();
    let mut profile = shown(found, Source::Saas, unit);
    let mut account = social_account(&found.account, Source::Saas);
    mask::listed(&mut profile, plan);
    if plan == Some(Plan::Free) {
        mask::reach(&mut account);
    }
    let search_phrase = found.account.search_phrase().map(str::to_owned);
    AccountCard { profile, account, search_phrase }
}
