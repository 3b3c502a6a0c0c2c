//! JSON log lines on standard output, and error reports. All of them pass [`redact`].

use std::borrow::Cow;
use std::io;
use std::panic;
use std::sync::Arc;

use sentry::integrations::tracing::ErrorLayer;
use sentry::protocol::{Breadcrumb, Event};
use serde::Serialize;
use serde::de::DeserializeOwned;
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::{LevelFilter, Targets, filter_fn};
use tracing_subscriber::fmt::MakeWriter;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::{SubscriberInitExt as _, TryInitError};

use super::redact;
use crate::core::config::Config;

/// Where answers are logged. What is reported of them has tags of its own, so that these lines are no
/// reports.
const ANSWERS: &str = "coffee::gateway::access_log";

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
        panic::set_hook(Box::new(|panic| eprintln!("{}", redact(&panic.to_string()))));
        let guard = if config.sentry.dsn.is_empty() {
            None
        } else {
            let mut options = sentry::ClientOptions::new()
                .environment(config.env.name())
                .maybe_release(sentry::release_name!());
            options.before_send = Some(Arc::new(|event: Event<'static>| clean(event)));
            options.before_breadcrumb = Some(Arc::new(|crumb: Breadcrumb| clean(crumb)));
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
        let lines = tracing_subscriber::fmt::layer()
            .json()
            .flatten_event(true)
            .with_span_list(false)
            .with_writer(Redacted);
        tracing_subscriber::registry()
            .with(filter)
            .with(lines)
            .with(guard.is_some().then(|| {
                let is_reported = filter_fn(|line| line.target() != ANSWERS);
                ErrorLayer::new().with_filter(LevelFilter::ERROR).with_filter(is_reported)
            }))
            .try_init()?;
        Ok(Self { _sentry: guard })
    }
}

/// Standard output; each event is one write.
struct Redacted;

impl MakeWriter<'_> for Redacted {
    type Writer = Self;

    fn make_writer(&self) -> Self {
        Self
    }
}

impl io::Write for Redacted {
    fn write(&mut self, line: &[u8]) -> io::Result<usize> {
        let text = String::from_utf8_lossy(line);
        let cleaned: Cow<'_, str> = redact(&text);
        io::stdout().lock().write_all(cleaned.as_bytes())?;
        Ok(line.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        io::stdout().lock().flush()
    }
}

/// A report without secrets and contacts; none if it cannot be had without.
fn clean<T: Serialize + DeserializeOwned>(report: T) -> Option<T> {
    let text = serde_json::to_string(&report).ok()?;
    serde_json::from_str(&redact(&text)).ok()
}
