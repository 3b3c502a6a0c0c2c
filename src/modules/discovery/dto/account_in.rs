//! Accounts as their collectors announce them. Whatever is absent is not known.

use serde::Deserialize;

/// An Instagram account.
#[derive(Debug, Clone, Deserialize)]
pub struct InstagramAccountIn {
    pub ig_id: String,
    pub handle: String,
    pub business_id: Option<String>,
    pub profile_pic: Option<String>,
    pub name: Option<String>,
    pub bio: Option<String>,
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub num_of_posts: Option<i64>,
    /// Fraction.
    pub avg_engagement: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_reach: Option<f64>,
    pub avg_play_count: Option<f64>,
    pub avg_views_count: Option<f64>,
    pub avg_static_reach: Option<f64>,
    pub ffratio: Option<f64>,
    pub story_reach: Option<f64>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    #[serde(rename = "accountType")]
    pub account_type: Option<String>,
    pub is_private: Option<bool>,
}

/// A YouTube channel.
#[derive(Debug, Clone, Deserialize)]
pub struct YoutubeAccountIn {
    /// Channel id.
    pub handle: String,
    pub subscribers: Option<i64>,
    pub views: Option<i64>,
    pub uploads: Option<i64>,
    pub title: Option<String>,
    pub profile_pic: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
}
