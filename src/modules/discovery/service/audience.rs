//! Audience of an account.

use super::DiscoveryService;
use crate::core::envelope::Status;
use crate::core::error::Error;
use crate::core::types::Plan;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::dao;
use crate::modules::discovery::dto::AudienceOut;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::manager::audience::{audience_data, mask_audience};

impl DiscoveryService {
    /// Audience of an account, masked until the caller's partner has unlocked the profile.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn audience(
        &self,
        unit: &UnitOfWork,
        account: AccountPath,
    ) -> Result<AudienceOut, Error> {
        if !self.account_exists(unit, account.platform, account.id).await? {
            return Err(Error::record_not_found());
        }
        let row = dao::audience::find(&unit.stale_read(), account.platform, account.id).await?;
        let row = row.ok_or_else(Error::record_not_found)?;
        let notable = match &row.notable_followers {
            Some(ids) => Some(self.named_accounts(unit, account.platform, ids).await?),
            None => None,
        };
        let mut audience = audience_data(account, row, notable);
        if self.is_locked(unit, account).await? {
            mask_audience(&mut audience);
        }
        Ok(AudienceOut {
            status: Status::success("Profile Audience successfully retrieved", 1),
            audience_data: vec![audience],
        })
    }

    /// Whether details of the profile are hidden from the caller.
    async fn is_locked(&self, unit: &UnitOfWork, account: AccountPath) -> Result<bool, Error> {
        match unit.caller().gated_plan() {
            None => Ok(false),
            Some(Plan::Free) => Ok(true),
            Some(Plan::Saas | Plan::Paid) => {
                let key = account.unlock_key();
                let unlocked = self.usage.unlocked(unit, std::slice::from_ref(&key)).await?;
                Ok(!unlocked.contains(&key))
            }
        }
    }
}
