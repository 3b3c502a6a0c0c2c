//! Unlocking of a profile's pages.

use serde_json::json;

use super::super::activity::{Activity, ActivityLog, Charge, UsageModule};
use super::super::manager;
use super::PartnerUsageService;
use crate::core::error::Error;
use crate::core::session::Session;
use crate::core::types::{Plan, Platform};

impl PartnerUsageService {
    /// Charges the pages of the account on `platform` behind a profile code, and unlocks them, unless
    /// the partner has them already.
    ///
    /// # Errors
    /// `profile not found`, `partner contract not found`, `limit consumed`, a store error.
    pub async fn unlock(
        &self,
        session: &Session,
        profile_code: &str,
        platform: &str,
    ) -> Result<(), Error> {
        session.caller().user()?;
        let not_found = || Error::not_found("profile not found");
        let platform = Platform::parse(platform).ok_or_else(not_found)?;
        let account = self.discovery.account_on(session, profile_code, platform).await?;
        let account = account.ok_or_else(not_found)?;
        if session.caller().gated_plan() == Some(Plan::Free) {
            return Err(manager::contract_not_found());
        }
        let log = ActivityLog {
            charge: Charge::Paid,
            module: UsageModule::ProfilePage,
            activity: Activity::ProfilePage,
            count: 1,
            once: None,
            activity_id: None,
            meta: Some(json!({"platform": platform.name(), "platformProfileId": account})),
            unlock_key: Some(platform.unlock_key(account)),
        };
        self.usage.log(session, log).await.map(drop)
    }
}
