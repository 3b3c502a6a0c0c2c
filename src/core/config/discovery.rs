//! Searches for profiles.
#![expect(
    missing_docs,
    reason = "config/default.toml documents each key, and is the user's manual"
)]

use serde::Deserialize;

#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct DiscoveryConfig {
    pub country: String,
    pub search_in: SearchStore,
    pub most_counted: u64,
}

/// Where searches for profiles look.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SearchStore {
    /// In the search table, in PostgreSQL while it cannot be asked.
    ClickHouse,
    /// In PostgreSQL alone.
    PostgreSql,
}
