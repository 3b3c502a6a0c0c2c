//! Profiles that the influencer application wants.

use super::super::dto::SyncIn;
use super::super::manager::sync::app_profile;
use super::CampaignProfileService;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{CampaignProfileRow, service as campaign};

impl CampaignProfileService {
    /// Sends the profile to the influencer application, contacts unmasked.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`; an application that gives no answer or says no success; a store error.
    pub async fn sync(&self, unit: &UnitOfWork, wanted: SyncIn) -> Result<(), Error> {
        let row = campaign::get(unit, wanted.campaign_id).await?;
        self.app.update(unit, &app_profile(&CampaignProfileRow::from(row))).await
    }
}
