//! Rows of ClickHouse: rebuilds, observations, the copy of the accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clickhouse::Row;
use clickhouse::serde::chrono::datetime64;
use sea_orm::FromQueryResult;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

/// One rebuild of the derived tables.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Row, Deserialize)]
pub(super) struct Generation {
    /// Its number; 0 is what was there before the first rebuild.
    pub(super) generation: u64,
    /// Observations that came in later may be missing from it.
    #[serde(with = "datetime64::millis")]
    pub(super) begun_at: DateTime<Utc>,
    /// When answers began to read it; `None` while it is being written, and for ever if it broke off.
    #[serde(with = "datetime64::millis::option")]
    pub(super) published_at: Option<DateTime<Utc>>,
}

/// How new the observations are, by the clock that the rebuilds are recorded with.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Row, Deserialize)]
pub(super) struct Observed {
    #[serde(with = "datetime64::millis")]
    pub(super) now: DateTime<Utc>,
    #[serde(with = "datetime64::millis")]
    pub(super) observed_at: DateTime<Utc>,
}

/// One account: as PostgreSQL's JSON, and as a row of ClickHouse.
#[derive(Debug, Row, Serialize, Deserialize)]
pub(super) struct Account {
    #[serde(default)]
    pub(super) generation: u64,
    platform: String,
    platform_id: String,
    pub(super) account_id: i64,
    handle: Option<String>,
    name: Option<String>,
    search_phrase: Option<String>,
    search_text: Option<String>,
    category: Option<String>,
    language: Option<String>,
    country: Option<String>,
    profile_type: Option<String>,
    followers: Option<i64>,
    linked_platform_id: String,
    #[serde(deserialize_with = "shares")]
    audience_gender: BTreeMap<String, f64>,
    #[serde(deserialize_with = "shares")]
    audience_age: BTreeMap<String, f64>,
    #[serde(deserialize_with = "shares_by_gender")]
    audience_age_gender: BTreeMap<String, BTreeMap<String, f64>>,
}

/// The numbers of a JSON object; anything else is no share.
fn shares<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
    Ok(numbers(&Value::deserialize(deserializer)?))
}

fn shares_by_gender<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, BTreeMap<String, f64>>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let genders = value.as_object().into_iter().flatten();
    Ok(genders.map(|(gender, shares)| (gender.clone(), numbers(shares))).collect())
}

fn numbers(value: &Value) -> BTreeMap<String, f64> {
    let members = value.as_object().into_iter().flatten();
    members.filter_map(|(key, share)| Some((key.clone(), share.as_f64()?))).collect()
}

/// A collection whose posts have to be measured.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct DueCollection {
    /// `POST` or `PROFILE`.
    pub(super) collection_type: String,
    /// Its id, as text.
    pub(super) collection_id: String,
    /// `None` where there is nothing to measure any more.
    pub(super) share_id: Option<String>,
}

impl DueCollection {
    /// Whether its items are posts, not accounts.
    pub(super) fn is_of_posts(&self) -> bool {
        self.collection_type == "POST"
    }
}

/// An item of a collection.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub(super) struct Tracked {
    pub(super) id: i64,
    pub(super) platform: String,
    /// Short code of the post, or the account's id on its platform.
    pub(super) key: String,
    /// Empty for an account.
    pub(super) post_type: String,
}

/// How a post stands: as a row of ClickHouse, and as JSON for PostgreSQL.
#[derive(Debug, Clone, PartialEq, Row, Serialize, Deserialize)]
pub(super) struct MeasuredPost {
    platform: String,
    code: String,
    item_id: i64,
    kind: String,
    title: String,
    link: String,
    hashtags: Vec<String>,
    published_on: String,
    social_id: String,
    handle: String,
    name: String,
    views: i64,
    likes: i64,
    comments: i64,
    impressions: i64,
    plays: i64,
    reach: i64,
    er: f64,
}

/// A hashtag or a word, and how often the posts of a collection have it.
#[derive(Debug, Clone, PartialEq, Eq, Row, Deserialize)]
pub(super) struct Word {
    pub(super) is_tag: bool,
    pub(super) word: String,
    pub(super) tagged: u64,
}
