//! What ClickHouse computes from the observations.

use chrono::{DateTime, NaiveDate, Utc};
use clickhouse::Row;
use serde::Deserialize;

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
