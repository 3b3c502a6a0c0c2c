//! Accounts that staff edit together with what they know of them: for the module of campaign profiles.

use super::super::dao::account::{Along, Key, Link, find};
use super::super::dao::edited as dao;
use super::super::dto::{CampaignProfileOut, SocialAccountOut};
use super::super::entity::{AccountRow, Pair};
use super::super::manager::account::{Source, social_account};
use super::super::manager::admin_search::AdminSearch;
use super::super::manager::campaign_profile;
use super::DiscoveryService;
use crate::core::caller::Caller;
use crate::core::error::{Code, Error};
use crate::core::types::{Platform, fold_handle};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{CampaignProfileRow, Model};

/// A campaign profile and its account, as this caller may see them.
pub fn campaign_profile(
    row: &CampaignProfileRow,
    account: Option<&AccountRow>,
    caller: &Caller,
) -> CampaignProfileOut {
    campaign_profile::out(row, account, caller)
}

/// The same with contacts as staff entered them.
pub fn unmasked_campaign_profile(
    row: &CampaignProfileRow,
    account: Option<&AccountRow>,
) -> CampaignProfileOut {
    campaign_profile::unmasked(row, account)
}

/// The account's own entry.
pub fn own_entry(account: &AccountRow) -> SocialAccountOut {
    social_account(account, Source::Gcc)
}

impl DiscoveryService {
    /// Accounts by row, in no order; also those that callers do not see.
    ///
    /// # Errors
    /// A store error.
    pub async fn account_rows(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        ids: &[i64],
    ) -> Result<Vec<AccountRow>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        dao::find(&unit.read(), platform, ids).await
    }

    /// The account of a handle (YouTube: channel id, or `@` and its name), with profile codes; imported where
    /// it is not known, for callers with a partner. To be asked before a transaction begins.
    ///
    /// # Errors
    /// `unable to find channel id for handle`, `profile not found`, no partner, a collector that gives no answer, a
    /// store error.
    pub async fn account_of_handle(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        handle: &str,
    ) -> Result<AccountRow, Error> {
        let handle = self.looked_up(unit, platform, handle).await?;
        let own = unit.apart();
        let found = self.of_handle(&own, (platform, &handle), Along::link(Link::Gcc)).await?;
        own.commit().await?;
        Ok(found.account)
    }

    /// The account that callers see under a profile code of confirmed links.
    ///
    /// # Errors
    /// A store error.
    pub async fn account_of_code(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        code: &str,
    ) -> Result<Option<AccountRow>, Error> {
        let (key, along) = (Key::GccProfileId(code), Along::link(Link::Gcc));
        let rows = find(&unit.read(), platform, key, along).await?;
        Ok(rows.into_iter().next().map(|found| found.account))
    }

    /// Rows of the accounts of a handle and a channel, imported where they are not known; `None` for one that
    /// is not asked for. To be asked before a transaction begins. One statement where both are known.
    ///
    /// # Errors
    /// As [`Self::account_of_handle`].
    pub async fn pair_of_handles(
        &self,
        unit: &UnitOfWork,
        handle: Option<&str>,
        channel: Option<&str>,
    ) -> Result<Pair, Error> {
        let handle = match handle {
            Some(handle) => Some(self.looked_up(unit, Platform::Instagram, handle).await?),
            None => None,
        };
        let channel = match channel {
            Some(channel) => Some(self.looked_up(unit, Platform::Youtube, channel).await?),
            None => None,
        };
        let (handle, channel) = (handle.as_deref(), channel.as_deref());
        if handle.is_none() && channel.is_none() {
            return Ok(Pair::default());
        }
        let mut pair = dao::of_handles(&unit.read(), handle, channel).await?;
        let along = Along::link(Link::Gcc);
        if let (None, Some(handle)) = (pair.instagram, handle) {
            let found = self.import(unit, (Platform::Instagram, handle), along).await?;
            pair.instagram = Some(found.account.id());
        }
        if let (None, Some(channel)) = (pair.youtube, channel) {
            let found = self.import(unit, (Platform::Youtube, channel), along).await?;
            pair.youtube = Some(found.account.id());
        }
        Ok(pair)
    }

    /// The accounts of a pair, until the commit changed by nobody else, nor are those that they are linked to.
    /// Two statements.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn lock_pair(&self, unit: &UnitOfWork, pair: Pair) -> Result<Vec<AccountRow>, Error> {
        // What an account is linked to changes only while its name is held: so what is found linked now can
        // all be locked in one order, and two who link the same accounts do not block each other for ever.
        let names =
            [("linked Instagram account", pair.instagram), ("linked channel", pair.youtube)];
        let names: Vec<_> = names.into_iter().filter_map(|(kind, id)| Some((kind, id?))).collect();
        let accounts = dao::lock(&unit.write_holding(&names).await?, pair).await?;
        let wanted = [pair.instagram, pair.youtube].iter().flatten().count();
        if accounts.len() == wanted { Ok(accounts) } else { Err(Error::record_not_found()) }
    }

    /// Writes what follows from campaign profiles to their accounts, which the transaction holds: what staff
    /// find them by. With `links` the accounts are linked to each other and to nothing else. The accounts as
    /// they are then. One statement.
    ///
    /// # Errors
    /// A store error.
    pub async fn write_pair(
        &self,
        unit: &UnitOfWork,
        mut edited: Vec<(AccountRow, &Model)>,
        links: bool,
    ) -> Result<Vec<AccountRow>, Error> {
        if edited.is_empty() {
            return Ok(Vec::new());
        }
        let (mut pair, mut found) =
            (Pair::default(), (dao::Findable::default(), dao::Findable::default()));
        for (account, profile) in &edited {
            let search = admin_search(account, profile);
            let search = dao::Findable { keywords: search.keywords, phrase: search.phrase };
            match account.platform() {
                Platform::Instagram => {
                    (pair.instagram, found.0) = (Some(account.id()), search);
                }
                Platform::Youtube => (pair.youtube, found.1) = (Some(account.id()), search),
            }
        }
        dao::write(&unit.write().await?, pair, found, links).await?;
        for (account, _) in &mut edited {
            account.fill_profile_codes();
        }
        let mut accounts: Vec<AccountRow> =
            edited.into_iter().map(|(account, _)| account).collect();
        if links {
            link(&mut accounts);
        }
        Ok(accounts)
    }

    /// Handle or channel id under which an account is looked up.
    async fn looked_up(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        handle: &str,
    ) -> Result<String, Error> {
        if platform == Platform::Youtube && handle.trim().starts_with('@') {
            unit.caller().partner()?;
            let channel = self.channel_of(unit, handle).await;
            return channel.ok_or_else(|| {
                Error::refused(Code::NotFound, "unable to find channel id for handle")
            });
        }
        let folded = fold_handle(platform, handle);
        if folded.is_empty() {
            return Err(Error::refused(Code::InvalidValue, "handle invalid").at("handle"));
        }
        Ok(folded)
    }
}

fn admin_search(account: &AccountRow, profile: &Model) -> AdminSearch {
    let (names, channel_id) = match account {
        AccountRow::Instagram(row) => ([row.name.as_deref(), Some(row.handle.as_str())], None),
        AccountRow::Youtube(row) => {
            ([row.title.as_deref(), row.username.as_deref()], Some(row.channel_id.as_str()))
        }
    };
    let details = [profile.admin_details.as_ref(), profile.user_details.as_ref()];
    AdminSearch::new(details, names, channel_id)
}

/// The links of a pair as they are stored from now on.
fn link(accounts: &mut [AccountRow]) {
    let code = |account: &AccountRow| match account {
        AccountRow::Instagram(row) => Some((row.gcc_profile_id.clone(), row.handle.clone())),
        AccountRow::Youtube(_) => None,
    };
    let instagram = accounts.iter().find_map(code);
    let channel = accounts.iter().find_map(|account| match account {
        AccountRow::Youtube(row) => Some(row.channel_id.clone()),
        AccountRow::Instagram(_) => None,
    });
    for account in accounts {
        match account {
            AccountRow::Instagram(row) => row.gcc_linked_channel_id.clone_from(&channel),
            AccountRow::Youtube(row) => {
                let (code, handle) = instagram.clone().unzip();
                let own = Platform::Youtube.profile_code(row.id);
                row.gcc_profile_id = Some(code.flatten().unwrap_or(own));
                row.gcc_linked_instagram_handle = handle;
            }
        }
    }
}
