//! Growing pauses between attempts to reach something that is away.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

use crate::core::error::Error;
use crate::core::stores::Stores;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// Pauses of 100 ms, doubled up to 2 s.
pub(super) struct Backoff {
    pause: Duration,
    is_told: bool,
}

impl Default for Backoff {
    fn default() -> Self {
        Self { pause: FIRST, is_told: false }
    }
}

impl Backoff {
    /// Pauses, at most until `stop`.
    pub async fn wait(&mut self, stop: &CancellationToken) {
        let _ = stop.run_until_cancelled(tokio::time::sleep(self.pause)).await;
        self.pause = (self.pause * 2).min(LONGEST);
    }

    /// It answered.
    pub fn reset(&mut self) {
        *self = Self::default();
    }

    /// Logs why the broker cannot be reached, once until it answers, and not at all where its state, which
    /// says the same, is known to the health already.
    pub fn report(&mut self, stores: &Stores, error: &Error, what: &'static str) {
        let is_news = !self.is_told && !stores.health.is_degraded("rabbitmq");
        self.is_told = true;
        if is_news {
            tracing::warn!(%error, "{what}; tried again until it is possible");
        } else {
            tracing::debug!(%error, "{what}");
        }
    }
}
