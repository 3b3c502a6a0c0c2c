//! Hashtags of an account.

use super::DiscoveryService;
use crate::core::envelope::Status;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::dao;
use crate::modules::discovery::dto::HashtagsOut;
use crate::modules::discovery::manager::account_path::AccountPath;
use crate::modules::discovery::manager::hashtags::profile_hashtags;

impl DiscoveryService {
    /// Most used hashtags of an account.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn hashtags(
        &self,
        unit: &UnitOfWork,
        account: AccountPath,
    ) -> Result<HashtagsOut, Error> {
        if !self.account_exists(unit, account.platform, account.id).await? {
            return Err(Error::record_not_found());
        }
        let row = dao::hashtags::find(&unit.stale_read(), account.platform, account.id).await?;
        let row = row.ok_or_else(Error::record_not_found)?;
        Ok(HashtagsOut {
            status: Status::success("Profile Hashtags successfully retrieved", 1),
            hashtags: vec![profile_hashtags(account, row)],
        })
    }
}
