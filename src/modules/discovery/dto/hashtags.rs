//! Hashtags of an account.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::respond::{Envelope, FAILURE_500, Status};
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

/// Answer with the hashtags of an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct HashtagsOut {
    /// Outcome.
    pub status: Status,
    /// One element; none on errors.
    pub hashtags: Vec<ProfileHashtagsOut>,
}

impl Envelope for HashtagsOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, hashtags: Vec::new() }
    }
}
