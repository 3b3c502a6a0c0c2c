//! An account as one of several of a creator.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::PostOut;
use crate::core::types::Platform;

/// An account of a creator on one platform.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SocialAccountOut {
    /// Id of the account.
    pub code: i64,
    /// Null where unknown.
    #[serialize_always]
    pub profile_code: Option<String>,
    /// Null where unknown, and in linked Instagram accounts.
    #[serialize_always]
    pub gcc_profile_code: Option<String>,
    /// Null where unknown.
    #[serialize_always]
    pub name: Option<String>,
    pub platform: Option<Platform>,
    /// Instagram handle or YouTube channel id; null where unknown.
    #[serialize_always]
    pub handle: Option<String>,
    pub username: Option<String>,
    pub ig_id: Option<String>,
    /// Null where unknown.
    #[serialize_always]
    pub thumbnail: Option<String>,
    /// Percent.
    pub engagement_rate: Option<f64>,
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub avg_likes: Option<f64>,
    pub avg_views: Option<f64>,
    pub avg_comments: Option<f64>,
    pub uploads: Option<i64>,
    #[serde(rename = "avgVideoViews30d")]
    pub avg_video_views_30d: Option<i64>,
    #[serde(rename = "avgReelsPlay30d")]
    pub avg_reels_play_30d: Option<i64>,
    /// 0 for YouTube.
    pub avg_reach: Option<f64>,
    pub story_reach: Option<i64>,
    pub image_reach: Option<i64>,
    pub reels_reach: Option<i64>,
    pub views: Option<i64>,
    /// Always present for Instagram, and there only.
    pub is_verified: Option<bool>,
    /// Where the link comes from: `SAAS` or `GCC`.
    pub source: Option<&'static str>,
    pub account_type: Option<String>,
    pub avg_reels_play_count: Option<f64>,
    pub audience_city_available: Option<bool>,
    pub audience_gender_available: Option<bool>,
    pub is_private: Option<bool>,
    /// This and the following: as the collector just delivered them. Percent.
    pub image_engagement_rate: Option<f64>,
    /// Percent.
    pub reels_engagement_rate: Option<f64>,
    pub image_avg_likes: Option<f64>,
    pub reels_avg_likes: Option<f64>,
    pub image_avg_comments: Option<f64>,
    pub reels_avg_comments: Option<f64>,
    pub recent_posts: Option<Vec<PostOut>>,
    /// When the collector saw the account, as it says; with a creator's token when we did, in unix seconds.
    pub updated_at: Option<String>,
    #[serde(rename = "followersGrowth7d")]
    pub followers_growth7d: Option<f64>,
    #[serde(rename = "followersGrowth30d")]
    pub followers_growth30d: Option<String>,
}
