//! Row of the ClickHouse table `trending_content`.

use chrono::{DateTime, Utc};
use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::core::types::Platform;

/// A post among the most viewed of its month; the schema of the table documents the columns.
#[derive(Debug, Clone, Default, Row, Serialize, Deserialize)]
pub(super) struct TrendingRow {
    pub id: u64,
    pub month: String,
    pub platform: String,
    pub post_id: String,
    pub platform_account_id: Option<i64>,
    pub profile_type: String,
    pub category: Option<String>,
    pub language: Option<String>,
    pub post_type: Option<String>,
    pub post_link: Option<String>,
    pub thumbnail: Option<String>,
    pub title: Option<String>,
    pub description: Option<String>,
    #[serde(with = "clickhouse::serde::chrono::datetime")]
    pub published_at: DateTime<Utc>,
    pub duration: Option<i64>,
    pub views: Option<i64>,
    pub plays: Option<i64>,
    pub likes: Option<i64>,
    pub comments: Option<i64>,
    pub engagement: Option<i64>,
    pub engagement_rate: Option<f64>,
    pub views_rank: Option<u64>,
    pub plays_rank: Option<u64>,
}

impl TrendingRow {
    /// The account table and row that the post belongs to.
    pub(super) fn account(&self) -> Option<(Platform, i64)> {
        Platform::parse(&self.platform).zip(self.platform_account_id)
    }
}
