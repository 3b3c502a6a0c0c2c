//! Accounts that other modules name in one of several ways.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use super::super::dao::account::{Along, Link};
use super::super::dao::resolve as dao;
use super::super::entity::Named;
use super::DiscoveryService;
use crate::core::error::Error;
use crate::core::types::{CampaignPlatform, Platform, fold_handle};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::service as campaign;

/// Accounts that the collector is asked for at a time, for one request.
const AT_ONCE: usize = 8;
/// Time that is left to the request after the collector was asked.
const RESERVE: Duration = Duration::from_secs(5);

/// An account as it is named elsewhere.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct AccountName {
    /// Where it is.
    pub platform: CampaignPlatform,
    /// What names it there.
    pub by: NamedBy,
}

/// What names an account on its platform.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum NamedBy {
    /// Its campaign profile.
    CampaignProfile(i64),
    /// Its row.
    Account(i64),
}

/// An account with the campaign profile that it has from now on.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ResolvedAccount {
    /// Row of the account.
    pub account_id: i64,
    /// Its campaign profile.
    pub campaign_profile_id: i64,
    /// Handle, on YouTube the channel's id; none in the creator application.
    pub handle: Option<String>,
}

impl DiscoveryService {
    /// Row ids of the stored accounts behind handles, written in any way; unknown ones are left out. A
    /// statement per platform.
    ///
    /// # Errors
    /// A store error.
    pub async fn stored_handles(
        &self,
        unit: &UnitOfWork,
        handles: &[(Platform, String)],
    ) -> Result<HashMap<(Platform, String), i64>, Error> {
        let mut found = HashMap::new();
        for platform in [Platform::Instagram, Platform::Youtube] {
            let of_platform = handles.iter().filter(|(one, _)| *one == platform);
            let folded = of_platform.map(|(_, text)| (text, fold_handle(platform, text)));
            let folded: Vec<_> = folded.filter(|(_, handle)| !handle.is_empty()).collect();
            if folded.is_empty() {
                continue;
            }
            let names = folded.iter().map(|(_, handle)| handle.clone()).collect();
            let ids: HashMap<String, i64> =
                dao::of_handles(&unit.read(), platform, names).await?.into_iter().collect();
            found.extend(
                folded.into_iter().filter_map(|(text, handle)| {
                    Some(((platform, text.clone()), *ids.get(&handle)?))
                }),
            );
        }
        Ok(found)
    }

    /// The same, and the accounts that are not stored are imported from the collector, each in a
    /// transaction of its own. To be asked before the transaction begins; what the collector does not
    /// answer in time is left out.
    ///
    /// # Errors
    /// A store error.
    pub async fn import_handles(
        &self,
        unit: &UnitOfWork,
        handles: &[(Platform, String)],
    ) -> Result<HashMap<(Platform, String), i64>, Error> {
        let mut found = self.stored_handles(unit, handles).await?;
        let mut seen = HashSet::new();
        let unknown = handles.iter().filter(|one| !found.contains_key(*one) && seen.insert(*one));
        let unknown: Vec<_> = unknown.cloned().collect();
        let until = tokio::time::Instant::now() + unit.remaining().saturating_sub(RESERVE);
        let mut imports = stream::iter(unknown)
            .map(async |one| {
                let id = self.import_handle(unit, one.0, &one.1).await;
                (one, id)
            })
            .buffer_unordered(AT_ONCE);
        while let Ok(Some((one, id))) = tokio::time::timeout_at(until, imports.next()).await {
            if let Some(id) = id? {
                found.insert(one, id);
            }
        }
        Ok(found)
    }

    /// The id of the YouTube channel with this handle, with or without its `@`; `None` where the collector
    /// knows none or gives no answer.
    pub async fn channel_of(&self, unit: &UnitOfWork, handle: &str) -> Option<String> {
        let name = handle.trim().trim_start_matches('@');
        self.collector.channel_of(unit, name).await.ok().flatten()
    }

    async fn import_handle(
        &self,
        unit: &UnitOfWork,
        platform: Platform,
        text: &str,
    ) -> Result<Option<i64>, Error> {
        let handle = match text.trim().strip_prefix('@') {
            Some(name) if platform == Platform::Youtube => {
                let Some(channel) = self.channel_of(unit, name).await else { return Ok(None) };
                channel
            }
            _ => fold_handle(platform, text),
        };
        if handle.is_empty() {
            return Ok(None);
        }
        match self.import(unit, (platform, &handle), Along::link(Link::Saas)).await {
            Ok(found) => Ok(Some(found.account.id())),
            Err(Error::Refused(_) | Error::Rejected(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// The accounts behind these names, in their order; `None` for one that does not exist for callers, or
    /// whose campaign profile is switched off. Accounts without a campaign profile get one. At most two
    /// statements per platform.
    ///
    /// # Errors
    /// A store error.
    pub async fn resolve(
        &self,
        unit: &UnitOfWork,
        names: &[Option<AccountName>],
    ) -> Result<Vec<Option<ResolvedAccount>>, Error> {
        let mut known: HashMap<AccountName, ResolvedAccount> = HashMap::new();
        for platform in CampaignPlatform::ALL {
            let wanted = wanted(platform, names);
            if wanted.0.is_empty() && wanted.1.is_empty() {
                continue;
            }
            for account in self.of_platform(unit, platform, wanted).await? {
                let name = |by| AccountName { platform, by };
                known.insert(name(NamedBy::Account(account.account_id)), account.clone());
                let by = NamedBy::CampaignProfile(account.campaign_profile_id);
                known.insert(name(by), account);
            }
        }
        let one = |name: &Option<AccountName>| known.get(name.as_ref()?).cloned();
        Ok(names.iter().map(one).collect())
    }

    async fn of_platform(
        &self,
        unit: &UnitOfWork,
        platform: CampaignPlatform,
        wanted: (Vec<i64>, Vec<i64>),
    ) -> Result<Vec<ResolvedAccount>, Error> {
        let db = unit.write().await?;
        let Some(social) = platform.social() else {
            let rows = dao::named_gcc(&db, wanted).await?;
            return Ok(rows.into_iter().filter_map(|row| resolved(row, None)).collect());
        };
        let rows = dao::named(&db, social, wanted).await?;
        let missing: Vec<i64> =
            rows.iter().filter(|row| row.campaign_id.is_none()).map(|row| row.id).collect();
        let mut created = HashMap::new();
        if !missing.is_empty() {
            let rows = campaign::create_of_accounts(unit, social, missing).await?;
            created = rows.into_iter().collect();
        }
        let resolved = |row: Named| {
            let created = created.get(&row.id).copied();
            resolved(row, created)
        };
        Ok(rows.into_iter().filter_map(resolved).collect())
    }
}

/// Ids of accounts and of campaign profiles that are named on the platform.
fn wanted(platform: CampaignPlatform, names: &[Option<AccountName>]) -> (Vec<i64>, Vec<i64>) {
    let (mut ids, mut campaign_ids) = (Vec::new(), Vec::new());
    for name in names.iter().flatten().filter(|name| name.platform == platform) {
        match name.by {
            NamedBy::Account(id) => ids.push(id),
            NamedBy::CampaignProfile(id) => campaign_ids.push(id),
        }
    }
    (ids, campaign_ids)
}

fn resolved(row: Named, created: Option<i64>) -> Option<ResolvedAccount> {
    let campaign_profile_id = row.campaign_id.or(created)?;
    row.campaign_enabled.then_some(ResolvedAccount {
        account_id: row.id,
        campaign_profile_id,
        handle: row.handle,
    })
}
