//! Accounts of profiles, refreshed from the collector.

use super::super::dto::CampaignProfilesOut;
use super::{CampaignProfileService, one, seen};
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::service as campaign;

impl CampaignProfileService {
    /// Refreshes the account of a profile; the profile with it. One of the creator application stays as it is.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`; `profile not found`; a collector that gives no answer; a store error.
    pub async fn refresh(&self, unit: &UnitOfWork, id: i64) -> Result<CampaignProfilesOut, Error> {
        let row = campaign::get(unit, id).await?;
        let mut account = self.account(unit, &row).await?;
        if let Some(before) = &account {
            self.discovery.refresh(unit, before).await?;
            account = self.account(unit, &row).await?;
        }
        Ok(one(seen(unit, row, account.as_ref())))
    }
}
