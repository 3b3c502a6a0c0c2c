//! One profile: across platforms, or of one account.

use utoipa::IntoParams;

use super::super::dao::account::{Along, Key, Link, find};
use super::super::dto::{MetricsOut, ProfilesOut};
use super::super::entity::Found;
use super::super::manager::account::{Source, profile};
use super::super::manager::account_path::AccountPath;
use super::super::manager::mask;
use super::{DiscoveryService, shown};
use crate::core::error::Error;
use crate::core::query::{QueryPairs, parse_bool};
use crate::core::route::QueryIn;
use crate::core::types::{Plan, Platform};
use crate::core::unit_of_work::UnitOfWork;

/// What a request for one profile may ask besides its key.
#[derive(Debug, Clone, Copy, Default, IntoParams)]
#[into_params(parameter_in = Query)]
pub struct ProfileQuery {
    /// GCC: links that creators confirmed.
    #[param(value_type = Option<String>)]
    pub source: Source,
    /// true: campaign profile.
    #[param(rename = "campaignProfileJoin", value_type = Option<String>)]
    pub campaign_join: bool,
}

impl QueryIn for ProfileQuery {
    fn read(query: &QueryPairs) -> Self {
        let join = query.get("campaignProfileJoin").and_then(parse_bool);
        Self { source: Source::parse(query.get("source")), campaign_join: join.unwrap_or_default() }
    }
}

/// What a caller may see of a profile.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Access {
    /// Everything.
    Full,
    /// The caller's plan has no access.
    None,
    /// The partner would have to unlock it.
    Locked,
}

impl DiscoveryService {
    /// The identity behind a profile code. Metrics are left out.
    ///
    /// # Errors
    /// `profile not found`, or a store error.
    pub async fn identity(
        &self,
        unit: &UnitOfWork,
        profile_id: &str,
        query: ProfileQuery,
    ) -> Result<ProfilesOut, Error> {
        let campaign = unit.caller().is_admin();
        for platform in [Platform::Instagram, Platform::Youtube] {
            let (key, link) = match (query.source, platform) {
                (Source::Saas, _) => (Key::ProfileId(profile_id), Link::Saas),
                (Source::Gcc, Platform::Instagram) => (Key::GccProfileId(profile_id), Link::Gcc),
                (Source::Gcc, Platform::Youtube) => {
                    (Key::GccProfileId(profile_id), Link::GccElseSaas)
                }
            };
            let along = Along { link, campaign, group: false };
            let rows = find(&unit.stale_read(), platform, key, along).await?;
            let Some(found) = rows.first() else {
                continue;
            };
            let mut answer = profile(found, query.source, link, unit.caller());
            answer.metrics = MetricsOut::default();
            mask::profile_contacts(&mut answer, unit.caller().gated_plan());
            if self.access(unit, found).await? != Access::Full {
                mask::identity(&mut answer);
            }
            return Ok(ProfilesOut::one(answer));
        }
        Err(Error::not_found("profile not found"))
    }

    /// The profile of an account, with the averages of its group.
    ///
    /// # Errors
    /// `record not found`, or a store error.
    pub async fn overview(
        &self,
        unit: &UnitOfWork,
        path: AccountPath,
        query: ProfileQuery,
    ) -> Result<ProfilesOut, Error> {
        let along = Along { link: query.source.link(), campaign: query.campaign_join, group: true };
        let found = account(unit, path, along).await?;
        let access = self.access(unit, &found).await?;
        let mut answer = shown(&found, query.source, unit);
        answer.locked = access == Access::Locked;
        mask::profile_contacts(&mut answer, unit.caller().gated_plan());
        if access != Access::Full {
            mask::overview(&mut answer);
        }
        Ok(ProfilesOut::one(answer))
    }

    async fn access(&self, unit: &UnitOfWork, found: &Found) -> Result<Access, Error> {
        match unit.caller().gated_plan() {
            None => Ok(Access::Full),
            Some(Plan::Free) => Ok(Access::None),
            Some(Plan::Saas | Plan::Paid) => {
                let key = found.account.platform().unlock_key(found.account.id());
                let unlocked = self.usage.unlocked(unit, &[key]).await?;
                Ok(if unlocked.is_empty() { Access::Locked } else { Access::Full })
            }
        }
    }
}

/// The account of that id.
pub(super) async fn account(
    unit: &UnitOfWork,
    path: AccountPath,
    along: Along,
) -> Result<Found, Error> {
    let rows = find(&unit.stale_read(), path.platform, Key::Ids(&[path.id]), along).await?;
    rows.into_iter().next().ok_or_else(Error::record_not_found)
}
