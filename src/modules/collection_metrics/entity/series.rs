//! Steps of series, as ClickHouse computes them.

use chrono::NaiveDate;
use clickhouse::Row;
use serde::Deserialize;

/// A day or week: the posts that were observed in it, and their latest counts in it.
#[derive(Debug, Clone, PartialEq, Deserialize, Row)]
pub struct SeriesPoint {
    /// First day.
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub starts_on: NaiveDate,
    /// Distinct short codes.
    pub posts: u64,
    /// Views.
    pub views: f64,
    /// Likes.
    pub likes: i64,
    /// Comments.
    pub comments: i64,
    /// Impressions.
    pub impressions: f64,
    /// Accounts reached.
    pub reach: f64,
}

/// The clicks of a day or week.
#[derive(Debug, Clone, PartialEq, Deserialize, Row)]
pub struct ClicksPoint {
    /// First day.
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub starts_on: NaiveDate,
    /// Clicks on links.
    pub clicks: i64,
}

/// How a post was viewed. Its days count from 1, the first one on which it was observed.
#[derive(Debug, Clone, PartialEq, Deserialize, Row)]
pub struct DailyViews {
    /// Platform, in upper case.
    pub platform: String,
    /// What the platform calls the post.
    pub post_short_code: String,
    /// The last day on which it was observed.
    pub last_day: i64,
    /// First days with an observation, and the views then.
    pub days: Vec<(i64, f64)>,
}
