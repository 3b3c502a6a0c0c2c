//! Entries of the leaderboard as clients see them.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

use crate::modules::discovery::SocialAccountOut;

/// Value by day; null where a source has none.
pub type Graph = BTreeMap<NaiveDate, Option<i64>>;

/// One ranked account.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LeaderboardEntryOut {
    /// Stable id of the entry.
    pub id: i64,
    /// Rank, from 1; 0 where the account is unranked.
    pub rank: i64,
    /// Ranks gained since the month before; absent for a newcomer.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub rankchange: Option<i64>,
    /// `INSTAGRAM`, `YOUTUBE` or `ALL`.
    pub platform: String,
    /// Account row id.
    pub platform_code: String,
    /// First day of the month.
    pub month: NaiveDate,
    /// Category; empty where unknown.
    pub category: String,
    /// Language code; empty where unknown.
    pub language: String,
    /// Country code; empty where unknown.
    pub country: String,
    /// Instagram only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_verified: Option<bool>,
    /// The account behind the entry; members are empty when it is gone.
    pub account_info: AccountInfoOut,
    /// Followers by week.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, Option<i64>>>)]
    pub follower_graph: Option<Graph>,
    /// Lifetime views by week.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, Option<i64>>>)]
    pub view_graph: Option<Graph>,
    /// Lifetime plays by week.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schema(value_type = Option<BTreeMap<String, Option<i64>>>)]
    pub plays_graph: Option<Graph>,
    /// Figures of the month.
    pub leaderboard_metrics: LeaderboardMetricsOut,
}

/// The account behind an entry.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountInfoOut {
    /// Name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
    /// Handle, or channel id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// User name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// Address of the picture, as stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// Profile code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// Account row id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_code: Option<String>,
    /// Followers today.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<i64>,
    /// Lifetime views of a channel.
    pub views: Option<i64>,
    /// Categories.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub categories: Option<Vec<String>>,
    /// Engagement rate in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement_rate_percentage: Option<f64>,
    /// Growth of followers in a week.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers_growth7d: Option<f64>,
    /// The account itself and the linked one of the other platform.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub linked_socials: Option<Vec<SocialAccountOut>>,
    /// Text that searches look into.
    pub search_phrase: Option<String>,
}

/// Figures of the month, under the key that clients expect.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct LeaderboardMetricsOut {
    /// The figures.
    pub metrics: RankedMetricsOut,
}

/// Figures of the month; unknown and zero ones are left out.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct RankedMetricsOut {
    /// Followers at the end of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<i64>,
    /// Views of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<i64>,
    /// Lifetime views at the end of the month before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_views: Option<i64>,
    /// Views gained in the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views_change: Option<i64>,
    /// Part of the views that is from YouTube; `ALL` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub youtube_views: Option<i64>,
    /// Part of the views that is from Instagram; `ALL` only.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub instagram_views: Option<i64>,
    /// Likes of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likes: Option<i64>,
    /// Comments of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<i64>,
    /// Plays of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plays: Option<i64>,
    /// Lifetime plays at the end of the month before; not for `ALL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_plays: Option<i64>,
    /// Plays gained in the month; not for `ALL`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plays_change: Option<i64>,
    /// Likes and comments of the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement: Option<i64>,
    /// Followers at the end of the month before.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub prev_followers: Option<i64>,
    /// Followers gained in the month.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers_change: Option<i64>,
    /// Engagement rate as a fraction.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement_rate: Option<f64>,
    /// Engagement rate in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement_rate_percentage: Option<f64>,
    /// Likes per post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg_likes: Option<f64>,
    /// Comments per post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg_comments: Option<f64>,
    /// Views per post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg_views: Option<f64>,
    /// Plays per post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub avg_plays: Option<f64>,
    /// `followersChange` in percent of `prevFollowers`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub follower_growth_percentage: Option<f64>,
    /// Plays gained in percent of those of the month before; for `ALL` too.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plays_growth_percentage: Option<f64>,
    /// `viewsChange` in percent of `prevViews`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views_growth_percentage: Option<f64>,
    /// Posts of the month; null where unknown.
    pub uploads: Option<i64>,
}

envelope! {
    /// A page of the leaderboard.
    pub LeaderboardOut { profiles: Vec<LeaderboardEntryOut> }
    fails with FAILURE_500, empty
}

/// Fields of the leaderboard.
pub struct LeaderboardFields;

impl ListFields for LeaderboardFields {
    const FIELDS: &'static [Field] = &[
        Field::filter_only("month", Kind::Date),
        Field::filter_only("platform", Kind::Text),
        Field::filter_only("category", Kind::Text),
        Field::filter_only("language", Kind::Text),
        Field::filter_only("profile_type", Kind::Text),
        Field::filter_only("country", Kind::Text),
        Field::filter_only("handle", Kind::Text),
        Field::filter_only("search_phrase", Kind::Name("search_text")),
        Field::filter_only("profile_platform", Kind::Text),
        Field::filter_only("platform_profile_id", Kind::Integer),
        Field::filter_only("followers", Kind::Integer),
        Field::filter_only("prev_followers", Kind::Integer),
        Field::filter_only("followers_change", Kind::Integer),
        Field::filter_only("engagement_rate", Kind::Float),
        Field::filter_only("avg_likes", Kind::Float),
        Field::filter_only("avg_comments", Kind::Float),
        Field::filter_only("avg_views", Kind::Float),
        Field::filter_only("avg_plays", Kind::Float),
        Field::filter_only("views", Kind::Integer),
        Field::filter_only("plays", Kind::Integer),
        Field::filter_only("likes", Kind::Integer),
        Field::filter_only("comments", Kind::Integer),
        Field::filter_only("engagement", Kind::Integer),
        Field::filter_only("uploads", Kind::Integer),
        Field::filter_only("followers_rank", Kind::Integer),
        Field::filter_only("followers_change_rank", Kind::Integer),
        Field::filter_only("views_rank", Kind::Integer),
        Field::filter_only("plays_rank", Kind::Integer),
        Field::filter_only("audience_gender", Kind::JsonNumber).with_depth(1),
        Field::filter_only("audience_age", Kind::JsonNumber).with_depth(1),
    ];
}
