//! What is read of the report on comments.

use clickhouse::Row;
use serde::Deserialize;

/// Comments of one sentiment.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, Row)]
pub struct SentimentRow {
    /// `positive`, `negative` or `neutral`.
    pub sentiment: String,
    /// Rows of the report.
    pub rows: u64,
}
