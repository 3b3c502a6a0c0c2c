//! Accounts that their collectors announce.

use super::super::dao::campaign_profile::{self, NewCampaignProfile};
use super::super::dao::upsert::{self, Merged};
use super::super::dto::{InstagramAccountIn, YoutubeAccountIn};
use super::super::manager::admin_search::AdminSearch;
use super::super::manager::announced;
use super::DiscoveryService;
use crate::core::error::Error;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;

/// Who creates campaign profiles where no account does.
const SYSTEM: &str = "SYSTEM";

impl DiscoveryService {
    /// Stores an Instagram account with its campaign profile; what is not known stays as it was.
    ///
    /// # Errors
    /// A refusal of what is no account, or a store error.
    pub async fn upsert_instagram(
        &self,
        unit: &UnitOfWork,
        account: InstagramAccountIn,
    ) -> Result<(), Error> {
        let facts = announced::instagram(account)?;
        let tx = unit.write().await?;
        upsert::adopt_missing(&tx, &facts).await?;
        let row = upsert::instagram(&tx, facts).await?;
        complete(unit, Platform::Instagram, &row).await
    }

    /// Likewise a YouTube channel.
    ///
    /// # Errors
    /// As [`Self::upsert_instagram`].
    pub async fn upsert_youtube(
        &self,
        unit: &UnitOfWork,
        account: YoutubeAccountIn,
    ) -> Result<(), Error> {
        let facts = announced::youtube(account)?;
        let tx = unit.write().await?;
        let row = upsert::youtube(&tx, facts).await?;
        complete(unit, Platform::Youtube, &row).await
    }
}

/// Campaign profile and derived columns of an account that the transaction holds.
async fn complete(unit: &UnitOfWork, platform: Platform, row: &Merged) -> Result<(), Error> {
    let tx = unit.write().await?;
    let updated_by =
        unit.caller().account_id.map_or_else(|| SYSTEM.to_owned(), |id| id.to_string());
    let location = announced::place(row).location_list();
    let profile = NewCampaignProfile { platform, account: row, location, updated_by };
    campaign_profile::create_missing(&tx, profile).await?;
    let details = campaign_profile::details(&tx, (platform, row.id)).await?;
    let admin = AdminSearch::new(
        [details.admin.as_ref(), details.user.as_ref()],
        [row.name.as_deref(), row.handle.as_deref()],
        row.channel_id.as_deref(),
    );
    upsert::write_derived(&tx, (platform, row.id), announced::derived(row, admin)).await
}
