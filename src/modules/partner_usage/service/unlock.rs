//! Unlocking of a profile's pages.

use serde_json::json;

use super::PartnerUsageService;
use crate::core::error::Error;
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::usage::Activity;

impl PartnerUsageService {
    /// Charges the pages of the account on `platform` behind a profile code, and unlocks them, unless
    /// the partner has them already.
    ///
    /// # Errors
    /// `profile not found`, `partner contract not found`, `limit consumed`, a store error.
    pub async fn unlock(
        &self,
        unit: &UnitOfWork,
        profile_code: &str,
        platform: &str,
    ) -> Result<(), Error> {
        let not_found = || Error::not_found("profile not found");
        let platform = Platform::parse(platform).ok_or_else(not_found)?;
        let account = self.discovery.account_on(unit, profile_code, platform).await?;
        let account = account.ok_or_else(not_found)?;
        let meta = json!({"platform": platform.name(), "platformProfileId": account});
        let unlocked = (Activity::ProfilePage, Some(meta));
        self.usage.unlock(unit, unlocked, platform.unlock_key(account)).await
    }
}
