//! Accounts that their collectors announce.

use super::super::dao::upsert::{self, Merged};
use super::super::dto::{InstagramAccountIn, YoutubeAccountIn};
use super::super::manager::admin_search::AdminSearch;
use super::super::manager::announced;
use super::DiscoveryService;
use crate::core::error::Error;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{NewProfile, service as campaign};

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
    let present = |contact: &Option<String>| contact.as_ref().is_some_and(|text| !text.is_empty());
    let profile = NewProfile {
        account_id: row.id,
        updated_by: campaign::author(unit),
        has_email: present(&row.email),
        has_phone: present(&row.phone),
        gender: row.gender.clone(),
        location: announced::place(row).location_list(),
        languages: row.languages.clone(),
    };
    let details = campaign::create_missing(unit, platform, profile).await?;
    let admin = AdminSearch::new(
        [details.admin.as_ref(), details.user.as_ref()],
        [row.name.as_deref(), row.handle.as_deref()],
        row.channel_id.as_deref(),
    );
    let tx = unit.write().await?;
    upsert::write_derived(&tx, (platform, row.id), announced::derived(row, admin)).await
}
