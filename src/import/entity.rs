//! Rows of the observed tables of ClickHouse, and what it computes from them.

use chrono::{DateTime, NaiveDate, Utc};
use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// Prefix of the id of a post whose own id the source has lost.
pub const DAMAGED: &str = "damaged-";

/// One post on one day.
#[derive(Debug, PartialEq, Row, Serialize)]
pub struct PostObservation<'a> {
    pub platform: &'static str,
    pub platform_id: String,
    pub post_id: String,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub observed_on: NaiveDate,
    pub source: &'static str,
    pub account_name: &'a str,
    #[serde(with = "clickhouse::serde::chrono::datetime")]
    pub published_at: DateTime<Utc>,
    pub title: &'a str,
    pub category: &'a str,
    pub views: Option<i64>,
    pub likes: Option<i64>,
    pub dislikes: Option<i64>,
    pub comments: Option<i64>,
    pub tags: Vec<&'a str>,
    pub hashtags: Vec<&'a str>,
    /// Country of the list that shows the post, where it is known.
    pub countries: Vec<&'static str>,
}

impl PostObservation<'_> {
    /// Whether the source has lost the post's id.
    pub fn is_damaged(&self) -> bool {
        self.post_id.starts_with(DAMAGED)
    }
}

/// One profile on one day.
#[derive(Debug, PartialEq, Row, Serialize)]
pub struct ProfileObservation<'a> {
    pub platform: &'static str,
    pub platform_id: &'a str,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub observed_on: NaiveDate,
    pub source: &'static str,
    pub followers: Option<i64>,
    pub following: Option<i64>,
    pub views: Option<i64>,
    pub uploads: Option<i64>,
    pub avg_engagement: Option<f64>,
}

/// What the observations say about a channel.
#[derive(Debug, Clone, Row, Deserialize)]
pub struct Totals {
    pub platform_id: String,
    pub name: String,
    pub category: Option<String>,
    /// Country whose lists show the channel most; absent where no list says its country.
    pub country: Option<String>,
    pub views_count: Option<i64>,
    pub uploads_count: u64,
    pub avg_views: Option<f64>,
    #[serde(with = "clickhouse::serde::chrono::datetime")]
    pub latest_video_publish_time: DateTime<Utc>,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub last_observed_on: NaiveDate,
}

/// The most used hashtags of an account.
#[derive(Debug, Row, Serialize, Deserialize)]
pub struct Hashtags {
    pub platform: String,
    pub platform_id: String,
    pub hashtags: Vec<String>,
    pub hashtags_counts: Vec<i64>,
}
