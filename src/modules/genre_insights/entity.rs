//! Row of the ClickHouse table `genre_overview`.

use std::collections::BTreeMap;

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// A genre in a month; the schema of the table documents the columns.
#[derive(Debug, Clone, Default, Row, Serialize, Deserialize)]
pub(super) struct GenreRow {
    pub id: u64,
    pub month: String,
    pub platform: String,
    pub category: String,
    pub language: String,
    pub profile_type: String,
    pub country: Option<String>,
    pub creators: u64,
    pub uploads: Option<i64>,
    pub views: Option<i64>,
    pub plays: Option<i64>,
    pub followers: Option<i64>,
    pub likes: Option<i64>,
    pub comments: Option<i64>,
    pub engagement: Option<i64>,
    pub engagement_rate: Option<f64>,
    pub audience_age_gender: BTreeMap<String, BTreeMap<String, f64>>,
    pub audience_gender: BTreeMap<String, f64>,
}
