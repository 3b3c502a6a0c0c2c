//! Use cases of the analytics. What PostgreSQL knows is read first, in a transaction that has ended when
//! ClickHouse is asked.

mod download;
mod lists;
mod report;
mod select;
mod series;
mod summary;

pub use super::manager::asked::Selector;

use std::sync::Arc;

use crate::core::error::{Code, Error};
use crate::modules::discovery::DiscoveryService;

/// Analytics of collections.
pub struct AnalyticsService {
    discovery: Arc<DiscoveryService>,
}

impl AnalyticsService {
    /// Nothing is connected yet.
    pub fn new(discovery: &Arc<DiscoveryService>) -> Self {
        Self { discovery: Arc::clone(discovery) }
    }
}

/// A failure of ClickHouse, in the words of the analytics.
fn unavailable(error: Error) -> Error {
    match error {
        Error::Internal { part: "clickhouse", source } => {
            tracing::warn!(error = %source, "analytics cannot read ClickHouse");
            Error::refused(Code::UpstreamUnavailable, "analytics store unavailable")
        }
        error => error,
    }
}
