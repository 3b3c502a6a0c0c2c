//! Hashtags of an account.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::types::Platform;

/// Hashtags of an account.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileHashtagsOut {
    /// Id of the account.
    pub platform_profile_id: i64,
    /// Platform of the account.
    pub platform: Platform,
    /// Number of posts by hashtag.
    pub hashtags: BTreeMap<String, i64>,
}

envelope! {
    /// Answer with the hashtags of an account.
    pub HashtagsOut {
        /// One element; none on errors.
        hashtags: Vec<ProfileHashtagsOut>
    }
    fails with FAILURE_500, empty
}
