//! Row of the ClickHouse table `leaderboard`.

use chrono::NaiveDate;
use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::core::types::Platform;

/// An account in one month; the schema of the table documents the columns.
#[derive(Debug, Clone, Default, Row, Serialize, Deserialize)]
pub(super) struct LeaderboardRow {
    pub id: u64,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub month: NaiveDate,
    pub platform: String,
    pub profile_platform: String,
    pub platform_profile_id: i64,
    pub category: Option<String>,
    pub language: Option<String>,
    pub country: Option<String>,
    pub followers: Option<i64>,
    pub prev_followers: Option<i64>,
    pub followers_change: Option<i64>,
    pub views: Option<i64>,
    pub prev_views: Option<i64>,
    pub yt_views: Option<i64>,
    pub ia_views: Option<i64>,
    pub plays: Option<i64>,
    pub prev_plays: Option<i64>,
    pub likes: Option<i64>,
    pub comments: Option<i64>,
    pub engagement: Option<i64>,
    pub uploads: Option<i64>,
    pub engagement_rate: Option<f64>,
    pub avg_likes: Option<f64>,
    pub avg_comments: Option<f64>,
    pub avg_views: Option<f64>,
    pub avg_plays: Option<f64>,
    pub followers_rank: Option<u64>,
    pub followers_change_rank: Option<u64>,
    pub views_rank: Option<u64>,
    pub plays_rank: Option<u64>,
    /// Rank of the asked metric and scope in the month; 0 for unranked.
    pub current_rank: u64,
    /// The same in the month before.
    pub last_rank: u64,
}

impl LeaderboardRow {
    /// The account table and row that the entry belongs to.
    pub(super) fn account(&self) -> Option<(Platform, i64)> {
        Platform::from_code(&self.profile_platform)
            .map(|platform| (platform, self.platform_profile_id))
    }
}
