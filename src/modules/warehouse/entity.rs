//! What ClickHouse tells of the rebuilds.

use chrono::{DateTime, Utc};
use clickhouse::Row;
use clickhouse::serde::chrono::datetime64;
use serde::Deserialize;

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
