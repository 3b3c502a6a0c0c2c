//! Logs, metrics and error reports.

mod connections;
mod events;
mod jobs;
mod logging;
mod metrics;
mod redact;
mod routes;
mod slow_log;
mod work;

pub use jobs::JobMetrics;
pub use logging::{Logging, LoggingError};
pub use metrics::{Metrics, StatementMetrics};
pub use redact::{cap_body, redact_headers, redact_url};
pub use routes::{Answered, RouteMetrics, UNMATCHED, method_label};
pub use slow_log::{SlowLog, SlowRequest};
pub use work::WorkMetrics;
