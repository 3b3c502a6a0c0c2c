//! A creator's profile: one account with its links, metrics and grades.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use std::collections::BTreeMap;

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::{CampaignProfileOut, GroupMetricsOut, SocialAccountOut};
use crate::core::types::CampaignPlatform;

/// A creator's profile.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileOut {
    /// Profile code shared by linked accounts, for example `IA_42`; null where unknown.
    #[serialize_always]
    pub code: Option<String>,
    /// Whether the caller's partner has yet to unlock the profile.
    pub locked: bool,
    /// Profile code by the links that creators confirmed; null where unknown.
    #[serialize_always]
    pub gcc_code: Option<String>,
    /// Id of the account, as text.
    pub platform_code: String,
    /// Null where unknown.
    #[serialize_always]
    pub name: Option<String>,
    pub handle: Option<String>,
    pub username: Option<String>,
    pub phone: Option<String>,
    pub email: Option<String>,
    pub ig_id: Option<String>,
    pub description: Option<String>,
    pub platform: Option<CampaignPlatform>,
    /// Label by size of the audience: `Nano`, `Micro`, `Macro` or `Mega`.
    pub profile_type: Option<String>,
    /// The account itself, then the linked account of the other platform.
    pub linked_socials: Option<Vec<SocialAccountOut>>,
    pub linked_channel_id: Option<String>,
    pub gcc_linked_channel_id: Option<String>,
    pub linked_handle: Option<String>,
    pub gcc_linked_handle: Option<String>,
    pub thumbnail: Option<String>,
    /// Rank within the country, by category.
    pub category_rank: Option<BTreeMap<String, String>>,
    pub est_post_price: Option<BTreeMap<String, f64>>,
    /// Null where unknown.
    #[serialize_always]
    pub categories: Option<Vec<String>>,
    pub metrics: MetricsOut,
    pub grades: Option<GradesOut>,
    /// Unix seconds.
    pub updated_at: i64,
    /// Always present for Instagram, and there only.
    pub is_verified: Option<bool>,
    pub group_data: Option<BTreeMap<String, f64>>,
    pub similar_profile_group_data: Option<GroupMetricsOut>,
    pub campaign_profile: Option<CampaignProfileOut>,
    pub gender: Option<String>,
    /// Null where unknown.
    #[serialize_always]
    pub location_list: Option<Vec<String>>,
    /// Language codes; null where unknown.
    #[serialize_always]
    pub languages: Option<Vec<String>>,
}

/// Counters, averages and rates of an account; names that end in `Percentage` are 0–100.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct MetricsOut {
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub uploads: Option<i64>,
    pub views: Option<i64>,
    pub engagement_rate_percentage: Option<f64>,
    pub followers_growth7d: Option<f64>,
    pub followers_growth30d: Option<String>,
    pub followers_growth1y: Option<i64>,
    pub authentic_engagement: Option<i64>,
    pub comment_rate_percentage: Option<f64>,
    pub likes_spread_percentage: Option<f64>,
    pub country_rank: Option<i64>,
    pub story_reach: Option<i64>,
    pub image_reach: Option<i64>,
    pub reels_reach: Option<i64>,
    pub video_reach: Option<i64>,
    pub shorts_reach: Option<i64>,
    pub avg_reach: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_views: Option<f64>,
    pub avg_reels_play_count: Option<f64>,
    #[serde(rename = "avgReelsPlay30d")]
    pub avg_reels_play_30d: Option<i64>,
    #[serde(rename = "avgShortsViews30d")]
    pub avg_shorts_views_30d: Option<i64>,
    #[serde(rename = "avgVideoViews30d")]
    pub avg_video_views_30d: Option<i64>,
    pub avg_posts_per_week: Option<i64>,
    pub video_views_last30: Option<i64>,
    pub reaction_rate: Option<i64>,
    pub comments_rate: Option<i64>,
    pub cpm: Option<i64>,
    /// Unix seconds.
    pub latest_video_publish_time: Option<i64>,
    #[serde(rename = "plays30d")]
    pub plays_30d: Option<i64>,
    #[serde(rename = "views30d")]
    pub views_30d: Option<i64>,
    #[serde(rename = "uploads30d")]
    pub uploads_30d: Option<i64>,
    pub ffratio: Option<f64>,
    pub instagram_account_type: Option<String>,
    /// Always present; null where unknown.
    #[serde(rename = "impressions30d")]
    #[serialize_always]
    pub impressions_30d: Option<f64>,
    pub reels_impressions: Option<f64>,
    pub image_impressions: Option<f64>,
}

/// Comparison with the accounts of the same group: `Poor`, `Average`, `Good`, `Very Good` or
/// `Excellent`.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GradesOut {
    pub er_grade: Option<String>,
    pub avg_comments_grade: Option<String>,
    pub avg_likes_grade: Option<String>,
    pub comments_rate_grade: Option<String>,
    pub followers_grade: Option<String>,
    pub engagement_rate_grade: Option<String>,
    pub reels_reach_grade: Option<String>,
    pub story_reach_grade: Option<String>,
    pub image_reach_grade: Option<String>,
    pub likes_to_comment_ratio_grade: Option<String>,
    pub followers_growth7d_grade: Option<String>,
    pub followers_growth30d_grade: Option<String>,
    pub followers_growth90d_grade: Option<String>,
    pub followers_growth1y_grade: Option<String>,
    pub audience_reachability_grade: Option<String>,
    /// The spelling is the contract's.
    pub audience_authencity_grade: Option<String>,
    pub audience_quality_grade: Option<String>,
    pub post_count_grade: Option<String>,
    pub likes_spread_grade: Option<String>,
    pub image_impressions_grade: Option<String>,
    pub reels_impressions_grade: Option<String>,
    pub avg_posts_per_week_grade: Option<String>,
    #[serde(rename = "views30dGrade")]
    pub views_30d_grade: Option<String>,
}
