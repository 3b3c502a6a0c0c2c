//! Logs, metrics and error reports.

mod connections;
mod events;
mod jobs;
mod logging;
mod metrics;
mod profile_search;
mod redact;
mod routes;
mod slow_log;
mod store_connections;
mod stores;
mod work;

pub use jobs::JobMetrics;
pub use logging::{Logging, LoggingError};
pub use metrics::{Metrics, StatementMetrics};
pub use profile_search::ProfileSearchMetrics;
pub use redact::{cap_body, redact, redact_headers, stated};
pub use routes::{Answered, RouteMetrics, UNMATCHED, method_label};
pub use slow_log::{SlowLog, SlowRequest};
pub use store_connections::{ConnectionGauges, Load, Waiting};
pub use stores::StoreMetrics;
pub use work::WorkMetrics;
