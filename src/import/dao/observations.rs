//! Rows of the observed tables of ClickHouse.

use chrono::{DateTime, NaiveDate, Utc};
use clickhouse::inserter::Inserter;
use clickhouse::{Client, Row};
use serde::Serialize;

/// Prefix of the id of a post whose own id the source has lost.
pub(in crate::import) const DAMAGED: &str = "damaged-";

/// Rows of one INSERT: enough to make few parts, little enough for the server's memory.
const BATCH_ROWS: u64 = 50_000;

/// One post on one day.
#[derive(Debug, PartialEq, Row, Serialize)]
pub(in crate::import) struct PostObservation<'a> {
    pub(in crate::import) platform: &'static str,
    pub(in crate::import) platform_id: String,
    pub(in crate::import) post_id: String,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub(in crate::import) observed_on: NaiveDate,
    pub(in crate::import) source: &'static str,
    pub(in crate::import) account_name: &'a str,
    #[serde(with = "clickhouse::serde::chrono::datetime")]
    pub(in crate::import) published_at: DateTime<Utc>,
    pub(in crate::import) title: &'a str,
    pub(in crate::import) category: &'a str,
    pub(in crate::import) views: Option<i64>,
    pub(in crate::import) likes: Option<i64>,
    pub(in crate::import) dislikes: Option<i64>,
    pub(in crate::import) comments: Option<i64>,
    pub(in crate::import) tags: Vec<&'a str>,
    pub(in crate::import) hashtags: Vec<&'a str>,
    /// Country of the list that shows the post, where it is known.
    pub(in crate::import) countries: Vec<&'static str>,
}

impl PostObservation<'_> {
    /// Whether the source has lost the post's id.
    pub(in crate::import) fn is_damaged(&self) -> bool {
        self.post_id.starts_with(DAMAGED)
    }
}

/// One profile on one day.
#[derive(Debug, PartialEq, Row, Serialize)]
pub(in crate::import) struct ProfileObservation<'a> {
    pub(in crate::import) platform: &'static str,
    pub(in crate::import) platform_id: &'a str,
    #[serde(with = "clickhouse::serde::chrono::date")]
    pub(in crate::import) observed_on: NaiveDate,
    pub(in crate::import) source: &'static str,
    pub(in crate::import) followers: Option<i64>,
    pub(in crate::import) following: Option<i64>,
    pub(in crate::import) views: Option<i64>,
    pub(in crate::import) uploads: Option<i64>,
    pub(in crate::import) avg_engagement: Option<f64>,
}

/// Inserter of post observations.
pub(in crate::import) fn posts(client: &Client) -> Inserter<PostObservation<'static>> {
    client.inserter("post_observations").with_max_rows(BATCH_ROWS)
}

/// Inserter of profile observations.
pub(in crate::import) fn profiles(client: &Client) -> Inserter<ProfileObservation<'static>> {
    client.inserter("profile_observations").with_max_rows(BATCH_ROWS)
}
