//! Hashtag row to answer.

use super::account_path::AccountPath;
use crate::modules::discovery::dto::ProfileHashtagsOut;
use crate::modules::discovery::entity::hashtags::Model;

/// The answer to a row.
pub fn profile_hashtags(account: AccountPath, row: Model) -> ProfileHashtagsOut {
    ProfileHashtagsOut {
        platform_profile_id: account.id,
        platform: account.platform,
        hashtags: row.hashtags.into_iter().zip(row.hashtags_counts).collect(),
    }
}
