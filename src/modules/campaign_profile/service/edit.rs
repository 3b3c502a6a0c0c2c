//! Profiles that staff change, with what follows for their accounts.

use std::slice;

use super::super::dto::{CampaignProfileIn, CampaignProfilesOut};
use super::super::manager::{changes, languages};
use super::{CampaignProfileService, alone, one, social};
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::campaign::{CampaignProfileRow, Model, service as campaign};
use crate::modules::discovery::{AccountRow, CampaignProfileOut, unmasked_campaign_profile};

impl CampaignProfileService {
    /// Changes one profile; links stay.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`; `record not found` where its account is missing; details that cannot be
    /// stored; a store error.
    pub async fn update(
        &self,
        unit: &UnitOfWork,
        id: i64,
        input: CampaignProfileIn,
    ) -> Result<CampaignProfilesOut, Error> {
        let row = campaign::get(unit, id).await?;
        let pair = social(&row).map(|platform| alone(platform, row.platform_account_id));
        let mut accounts = match pair {
            Some(pair) => self.discovery.lock_pair(unit, pair).await?,
            None => Vec::new(),
        };
        let row = campaign::lock(unit, id).await?;
        let changes = changes::of_update(&input, campaign::author(unit.caller()));
        let account = accounts.pop();
        let of_account = account.as_ref().map(AccountRow::of_account).unwrap_or_default();
        let row = campaign::merge(row, &changes, of_account)?;
        campaign::save(unit, slice::from_ref(&row)).await?;
        let edited = account.into_iter().map(|account| (account, &row)).collect();
        let accounts = self.discovery.write_pair(unit, edited, false).await?;
        Ok(one(edited_profile(row, accounts.first())))
    }
}

/// A profile as those see it who changed it: contacts unmasked, languages by name.
pub(super) fn edited_profile(row: Model, account: Option<&AccountRow>) -> CampaignProfileOut {
    languages::named(unmasked_campaign_profile(&CampaignProfileRow::from(row), account))
}
