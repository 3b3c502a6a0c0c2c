//! Recent posts of an account.

use super::super::dao::account::{Along, Link};
use super::super::dto::{ContentOut, ProfileContentOut};
use super::super::entity::AccountRow;
use super::super::manager::account_path::AccountPath;
use super::super::manager::{content, instagram};
use super::DiscoveryService;
use super::profile::account;
use crate::core::envelope::Status;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;

impl DiscoveryService {
    /// Recent posts of an Instagram account, from the collector.
    ///
    /// # Errors
    /// Not a platform or id; `record not found`, also when the collector has nothing; a store
    /// error.
    pub async fn content(&self, unit: &UnitOfWork, path: AccountPath) -> Result<ContentOut, Error> {
        let platform = path.platform;
        let found = account(unit, path, Along::link(Link::Saas)).await?;
        let AccountRow::Instagram(row) = &found.account else {
            return Err(Error::record_not_found());
        };
        let ig_id = instagram::known_id(row).ok_or_else(Error::record_not_found)?;
        let posts = self.collector.recent_posts(unit, platform, ig_id).await;
        let posts = posts.map_err(|_| Error::record_not_found())?;
        let cdn_url = self.collector.cdn_url();
        let posts: Vec<_> =
            posts.into_iter().map(|post| content::post(row, post, cdn_url)).collect();
        let message = "Profile Content successfully retrieved";
        Ok(ContentOut {
            status: Status::success(message, posts.len() as i64),
            content: Some(vec![ProfileContentOut {
                platform_code: row.id.to_string(),
                platform,
                posts,
            }]),
        })
    }
}
