//! Rows of ClickHouse: rebuilds, observations, the copy of the accounts.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use clickhouse::Row;
use clickhouse::serde::chrono::datetime64;
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
