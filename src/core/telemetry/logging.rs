//! JSON log lines on standard output, and error reports.

use sentry::integrations::tracing::ErrorLayer;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use crate::core::config::Config;

/// Why logging could not be set up.
#[derive(Debug, thiserror::Error)]
pub enum LoggingError {
    /// The data source name of the error tracker is malformed.
    #[error("configuration key sentry.dsn: {0}")]
    Dsn(#[from] sentry::types::ParseDsnError),
    /// Logging was set up before.
    #[error(transparent)]
    Init(#[from] TryInitError),
}

/// Keeps the error tracker alive; its drop flushes reports for up to two seconds.
pub struct Logging {
    _sentry: Option<sentry::ClientInitGuard>,
}

impl Logging {
    /// Installs the log of this process.
    ///
    /// # Errors
    /// A malformed data source name, or a second call.
    pub fn init(config: &Config) -> Result<Self, LoggingError> {
        let guard = if config.sentry.dsn.is_empty() {
            None
        } else {
            let mut options = sentry::ClientOptions::new()
                .environment(config.env.name())
                .maybe_release(sentry::release_name!());
            options.dsn = Some(config.sentry.dsn.expose().parse()?);
            Some(sentry::init(options))
        };
        // Libraries narrate at info what belongs to debug, and the HTTP server calls it an error when a
        // client sends no HTTP.
        let filter = Targets::new()
            .with_default(config.log.level.min(LevelFilter::WARN))
            .with_target("actix_http", LevelFilter::OFF)
            .with_target("coffee", config.log.level);
        // The current span says all: the list would repeat it.
        let lines =
            tracing_subscriber::fmt::layer().json().flatten_event(true).with_span_list(false);
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .with(guard.is_some().then(|| ErrorLayer::new().with_filter(LevelFilter::ERROR)))
            .try_init()?;
        Ok(Self { _sentry: guard })
    }
}
