//! Table `group_metrics`: averages of the accounts of one group, loaded.

use sea_orm::TryGetableFromJson;
use serde::Deserialize;

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub struct GroupMetricsRow {
    pub group_key: String,
    pub profiles: Option<i32>,
    pub bin_start: Option<Vec<String>>,
    pub bin_end: Option<Vec<String>>,
    pub bin_height: Option<Vec<String>>,
    pub group_avg_reels_reach: Option<String>,
    pub group_avg_likes: Option<f64>,
    pub group_avg_comments: Option<f64>,
    pub group_avg_comments_rate: Option<f64>,
    pub group_avg_followers: Option<f64>,
    pub group_avg_engagement_rate: Option<f64>,
    pub group_avg_likes_to_comment_ratio: Option<f64>,
    pub group_avg_followers_growth7d: Option<f64>,
    pub group_avg_followers_growth30d: Option<f64>,
    pub group_avg_followers_growth90d: Option<f64>,
    pub group_avg_followers_growth1y: Option<f64>,
    pub group_avg_audience_reachability: Option<f64>,
    pub group_avg_audience_authencity: Option<f64>,
    pub group_avg_audience_quality: Option<f64>,
    pub group_avg_post_count: Option<f64>,
    pub group_avg_reaction_rate: Option<f64>,
    pub group_avg_likes_spread: Option<f64>,
    pub group_avg_posts_per_week: Option<f64>,
    pub group_avg_image_reach: Option<f64>,
    pub group_avg_story_reach: Option<f64>,
    pub group_avg_video_reach: Option<f64>,
    pub group_avg_shorts_reach: Option<f64>,
}

impl TryGetableFromJson for GroupMetricsRow {}
