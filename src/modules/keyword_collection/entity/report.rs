//! What ClickHouse finds in a report.

use clickhouse::Row;
use serde::{Deserialize, Serialize};

/// Sums over all posts.
#[derive(Debug, Clone, Copy, Default, PartialEq, Row, Serialize, Deserialize)]
pub struct SummaryRow {
    pub posts: i64,
    pub reach: i64,
    pub likes: i64,
    pub comments: i64,
}

/// A post with its account; what the report lacks is empty or 0.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
pub struct PostRow {
    pub code: String,
    pub account_id: String,
    pub account_handle: String,
    pub account_name: String,
    pub picture: String,
    pub followers: i64,
    pub subject: String,
    pub title: String,
    pub thumbnail: String,
    pub kind: String,
    /// Seconds since 1970.
    pub published: i64,
    pub likes: i64,
    pub comments: i64,
    pub views: i64,
    pub reach: i64,
}

/// An account with the sums of its posts.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
pub struct ProfileRow {
    pub account_id: String,
    pub account_handle: String,
    pub account_name: String,
    pub picture: String,
    pub followers: i64,
    pub subject: String,
    /// Percent.
    pub rate: f64,
    pub uploads: i64,
    pub likes: i64,
    pub comments: i64,
    pub views: i64,
    pub reach: i64,
}

/// A month or week.
#[derive(Debug, Clone, PartialEq, Eq, Row, Deserialize)]
pub struct BucketRow {
    /// Its first day, `YYYY-MM-DD`.
    pub start: String,
    pub posts: i64,
    pub reach: i64,
}

/// A category or language with its posts and those of all.
#[derive(Debug, Clone, PartialEq, Eq, Row, Deserialize)]
pub struct ShareRow {
    pub name: String,
    pub posts: i64,
    pub total: i64,
}

/// The same within a month.
#[derive(Debug, Clone, PartialEq, Eq, Row, Deserialize)]
pub struct MonthlyShareRow {
    /// First day of the month, `YYYY-MM-DD`.
    pub start: String,
    pub name: String,
    pub posts: i64,
    pub total: i64,
}

/// A word with the posts that have it.
#[derive(Debug, Clone, PartialEq, Eq, Row, Deserialize)]
pub struct TokenRow {
    pub token: String,
    pub posts: i64,
    /// How many different words there are.
    pub tokens: i64,
    /// Posts of the most frequent one.
    pub most: i64,
}

/// Who sees the posts: objects as text, with single quotes.
#[derive(Debug, Clone, Default, PartialEq, Eq, Row, Deserialize)]
pub struct DemographyRow {
    pub gender: String,
    pub age_gender: String,
}
