//! The summary of collections.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use super::{CollectionPointOut, is_zero};
use crate::core::envelope::envelope;

/// What is counted of posts; zeros are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionCountersOut {
    /// Views.
    #[serde(skip_serializing_if = "is_zero")]
    pub views: i64,
    /// Likes.
    #[serde(skip_serializing_if = "is_zero")]
    pub likes: i64,
    /// Comments.
    #[serde(skip_serializing_if = "is_zero")]
    pub comments: i64,
    /// Impressions.
    #[serde(skip_serializing_if = "is_zero")]
    pub impressions: i64,
    /// Saves.
    #[serde(skip_serializing_if = "is_zero")]
    pub saves: i64,
    /// Plays.
    #[serde(skip_serializing_if = "is_zero")]
    pub plays: i64,
    /// Accounts reached.
    #[serde(skip_serializing_if = "is_zero")]
    pub reach: i64,
    /// Swipes up.
    #[serde(skip_serializing_if = "is_zero")]
    pub swipe_ups: i64,
    /// Mentions.
    #[serde(skip_serializing_if = "is_zero")]
    pub mentions: i64,
    /// Taps on stickers.
    #[serde(skip_serializing_if = "is_zero")]
    pub sticker_taps: i64,
    /// Shares.
    #[serde(skip_serializing_if = "is_zero")]
    pub shares: i64,
    /// Exits from stories.
    #[serde(skip_serializing_if = "is_zero")]
    pub story_exits: i64,
    /// Taps back in stories.
    #[serde(skip_serializing_if = "is_zero")]
    pub story_back_taps: i64,
    /// Taps forward in stories.
    #[serde(skip_serializing_if = "is_zero")]
    pub story_fwd_taps: i64,
    /// Clicks on links.
    #[serde(skip_serializing_if = "is_zero")]
    pub link_clicks: i64,
    /// Orders.
    #[serde(skip_serializing_if = "is_zero")]
    pub orders: i64,
    /// Delivered orders.
    #[serde(skip_serializing_if = "is_zero")]
    pub delivered_orders: i64,
    /// Completed orders.
    #[serde(skip_serializing_if = "is_zero")]
    pub completed_orders: i64,
    /// Orders of the leaderboard.
    #[serde(skip_serializing_if = "is_zero")]
    pub leaderboard_overall_orders: i64,
    /// Delivered orders of the leaderboard.
    #[serde(skip_serializing_if = "is_zero")]
    pub leaderboard_delivered_orders: i64,
    /// Completed orders of the leaderboard.
    #[serde(skip_serializing_if = "is_zero")]
    pub leaderboard_completed_orders: i64,
    /// Likes and comments.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_engagement: i64,
}

/// Distinct posts by type; zeros are left out.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionPostTypesOut {
    /// Posts of type `image`.
    #[serde(skip_serializing_if = "is_zero")]
    pub images: i64,
    /// Posts of type `story`.
    #[serde(skip_serializing_if = "is_zero")]
    pub stories: i64,
    /// Posts of type `video`.
    #[serde(skip_serializing_if = "is_zero")]
    pub videos: i64,
    /// Posts of type `short`.
    #[serde(skip_serializing_if = "is_zero")]
    pub shorts: i64,
    /// Posts of type `reels`.
    #[serde(skip_serializing_if = "is_zero")]
    pub reels: i64,
    /// Posts of type `carousel`.
    #[serde(skip_serializing_if = "is_zero")]
    pub carousels: i64,
}

/// What clicks came to and what things cost, with two decimals; what would be divided by 0 is left out, and
/// all of it for collections of profiles.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionCostsOut {
    /// Clicks on links in percent of the reach.
    pub click_through_rate: Option<String>,
    /// Of an account reached.
    pub cost_per_reach: Option<String>,
    /// Clicks on links per like or comment.
    pub click_per_engagement: Option<String>,
    /// Of a like or comment.
    pub cost_per_engagement: Option<String>,
    /// Of a thousand impressions.
    #[serde(rename = "costPer1KImpressions")]
    pub cost_per_1k_impressions: Option<String>,
    /// Of a view.
    pub cost_per_view: Option<String>,
    /// Of a click on a link.
    pub cost_per_click: Option<String>,
    /// Of an order.
    pub cost_per_order: Option<String>,
}

/// What the owner expects and says.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionMetadataOut {
    /// Names of metrics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled_metrics: Vec<String>,
    /// Numbers or null by the name of a metric.
    #[schema(value_type = Option<std::collections::BTreeMap<String, Option<f64>>>)]
    pub expected_metric_values: Option<Value>,
    /// Comments; of a post collection always there.
    pub comments: Option<String>,
}

/// What the posts of collections have come to; zeros are left out.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionSummaryData {
    /// The first of the collections.
    pub collection_id: String,
    /// `POST` or `PROFILE`.
    pub collection_type: &'static str,
    /// The most followers of each profile, added up.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_followers: i64,
    /// Distinct handles.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_profiles: i64,
    /// Distinct short codes.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_posts: i64,
    #[serde(flatten)]
    pub counters: CollectionCountersOut,
    /// Of the collections together, in units of the currency.
    #[serde(skip_serializing_if = "is_zero")]
    pub budget: i64,
    /// Likes and comments in percent of the reach, with two decimals.
    pub engagement_rate: String,
    /// Reach in percent of the followers, with two decimals; `0.0` without followers.
    pub reach_perc: String,
    /// Views in percent of the followers.
    pub views_perc: String,
    /// Impressions in percent of the followers.
    pub impressions_perc: String,
    #[serde(flatten)]
    pub costs: CollectionCostsOut,
    /// Posts by type.
    pub post_wise_counts: CollectionPostTypesOut,
    /// Metrics that the first collection does not show.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled_metrics: Vec<String>,
    /// Of the group, else of the first collection.
    pub metadata: CollectionMetadataOut,
    /// Why posts are missing from the numbers.
    pub notice: Option<String>,
    /// `IN_PROGRESS` or `ERROR`.
    pub notice_type: Option<&'static str>,
    /// `YYYY-MM-DD HH:MM` of UTC when a number was last written.
    pub refreshed_at: Option<String>,
    /// The series by week, where it could be read in time.
    pub weekly_metrics: Option<Vec<CollectionPointOut>>,
}

envelope! {
    /// Answer of the summary.
    pub CollectionSummaryOut {
        /// Null on errors.
        data: CollectionSummaryData
    }
    fails with ERROR, null
}
