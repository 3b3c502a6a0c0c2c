//! Use cases of the module.

mod edit;
mod find;
mod insights;
mod refresh;
mod search;
mod sync;
mod upsert;

use std::sync::Arc;

use chrono_tz::Tz;

pub use find::{AccountQuery, RefreshQuery};
pub use insights::TokenQuery;

use super::client::InfluencerApp;
use super::dto::CampaignProfilesOut;
use crate::core::config::Config;
use crate::core::envelope::Success as _;
use crate::core::error::Error;
use crate::core::types::{CampaignPlatform, Platform};
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{CampaignProfileRow, Model};
use crate::modules::discovery::{
    AccountRow, CampaignProfileOut, DiscoveryService, Pair, campaign_profile,
};

/// Message of every answer but lists.
const FOUND: &str = "retrieved successfully";

/// Campaign profiles with their accounts.
pub struct CampaignProfileService {
    discovery: Arc<DiscoveryService>,
    app: InfluencerApp,
    /// Zone in which days begin.
    zone: Tz,
}

impl CampaignProfileService {
    /// The service of a process.
    pub fn new(config: &Config, discovery: &Arc<DiscoveryService>) -> Self {
        Self {
            discovery: Arc::clone(discovery),
            app: InfluencerApp::new(config),
            zone: config.app.time_zone,
        }
    }

    /// The account of a profile, whatever state it is in; `None` in the creator application.
    async fn account(&self, unit: &UnitOfWork, row: &Model) -> Result<Option<AccountRow>, Error> {
        let Some(platform) = social(row) else { return Ok(None) };
        let rows = self.discovery.account_rows(unit, platform, &[row.platform_account_id]).await?;
        rows.into_iter().next().map(Some).ok_or_else(Error::record_not_found)
    }
}

/// The profile as the caller may see it.
fn seen(unit: &UnitOfWork, row: Model, account: Option<&AccountRow>) -> CampaignProfileOut {
    campaign_profile(&CampaignProfileRow::from(row), account, unit.caller())
}

fn one(profile: CampaignProfileOut) -> CampaignProfilesOut {
    CampaignProfilesOut::one(FOUND, profile)
}

/// Where the account of a profile is; `None` in the creator application.
fn social(row: &Model) -> Option<Platform> {
    CampaignPlatform::parse(&row.platform)?.social()
}

/// The account alone.
fn alone(platform: Platform, id: i64) -> Pair {
    match platform {
        Platform::Instagram => Pair { instagram: Some(id), youtube: None },
        Platform::Youtube => Pair { instagram: None, youtube: Some(id) },
    }
}
