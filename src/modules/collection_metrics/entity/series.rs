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
