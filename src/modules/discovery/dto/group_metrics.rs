//! Averages of the accounts of one group.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

/// Averages of the accounts that an account is compared with.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupMetricsOut {
    pub group_key: Option<String>,
    /// Accounts in the group.
    pub profiles: Option<i32>,
    pub group_avg_likes: Option<f64>,
    pub group_avg_comments: Option<f64>,
    pub group_avg_comments_rate: Option<f64>,
    pub group_avg_followers: Option<f64>,
    /// Percent; 0 where unknown.
    pub group_avg_engagement_rate: Option<f64>,
    pub group_avg_likes_to_comment_ratio: Option<f64>,
    pub group_avg_followers_growth7d: Option<f64>,
    pub group_avg_followers_growth30d: Option<f64>,
    pub group_avg_followers_growth90d: Option<f64>,
    pub group_avg_followers_growth1y: Option<f64>,
    pub group_avg_audience_reachability: Option<f64>,
    /// The spelling is the contract's.
    pub group_avg_audience_authencity: Option<f64>,
    pub group_avg_audience_quality: Option<f64>,
    pub group_avg_post_count: Option<f64>,
    pub group_avg_reaction_rate: Option<f64>,
    pub group_avg_likes_spread: Option<f64>,
    pub group_avg_posts_per_week: Option<f64>,
    /// Number as text.
    pub group_avg_reels_reach: Option<String>,
    pub group_avg_image_reach: Option<f64>,
    pub group_avg_story_reach: Option<f64>,
    pub group_avg_video_reach: Option<f64>,
    pub group_avg_shorts_reach: Option<f64>,
    /// Distribution of the engagement rates of the group.
    pub er_histogram: Option<Vec<HistogramBin>>,
}

/// A bin of a distribution; everything in percent.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, ToSchema)]
pub struct HistogramBin {
    /// Lower bound of the engagement rate.
    pub start: f64,
    /// Upper bound of the engagement rate.
    pub end: f64,
    /// Share of the accounts.
    pub value: f64,
}
