//! Trending posts as clients see them.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;
use crate::modules::discovery::SocialAccountOut;

/// A trending post.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct TrendingEntryOut {
    /// Stable id of the entry.
    pub id: i64,
    /// Category.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub category: Option<String>,
    /// `INSTAGRAM` or `YOUTUBE`.
    pub platform: String,
    /// Language code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub language: Option<String>,
    /// Views; estimated reach on Instagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<i64>,
    /// Plays.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plays: Option<i64>,
    /// Likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likes: Option<i64>,
    /// Comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<i64>,
    /// Length in seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub duration: Option<i64>,
    /// Unix seconds.
    pub published_at: i64,
    /// Id on the platform.
    pub post_id: String,
    /// Kind of post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_type: Option<String>,
    /// Address of the post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post_link: Option<String>,
    /// Address of the picture, as stored.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub thumbnail: Option<String>,
    /// Account row id.
    pub platform_account_id: Option<i64>,
    /// First day of the month of publication.
    pub month: String,
    /// Title.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub title: Option<String>,
    /// Text of the post.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    /// Likes and comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement: Option<i64>,
    /// Engagement rate in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub engagement_rate: Option<f64>,
    /// The account of the post; `code` and `platform` alone when it is gone.
    pub account_info: SocialAccountOut,
}

envelope! {
    /// A page of trending posts.
    pub TrendingOut { trending: Vec<TrendingEntryOut> }
    fails with FAILURE_500, empty
}

/// Fields of trending content.
pub struct TrendingFields;

impl ListFields for TrendingFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("category", Kind::Text),
        Field::new("platform", Kind::Text),
        Field::new("language", Kind::Text),
        Field::new("profile_type", Kind::Text),
        Field::new("month", Kind::Text),
        Field::new("views", Kind::Integer),
        Field::new("plays", Kind::Integer),
        Field::new("likes", Kind::Integer),
        Field::new("comments", Kind::Integer),
        Field::new("engagement", Kind::Integer),
        Field::new("engagement_rate", Kind::Float),
        Field::new("duration", Kind::Integer),
        Field::new("published_at", Kind::Timestamp),
        Field::new("post_id", Kind::Text),
        Field::new("post_type", Kind::Text),
        Field::new("platform_account_id", Kind::Integer),
        Field::new("plays_rank", Kind::Integer),
        Field::new("views_rank", Kind::Integer),
        Field::new("title", Kind::Text),
        Field::new("description", Kind::Text),
        Field::filter_only("audience_gender", Kind::JsonNumber).with_depth(1),
        Field::filter_only("audience_age", Kind::JsonNumber).with_depth(1),
    ];
}
