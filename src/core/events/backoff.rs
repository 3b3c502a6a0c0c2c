//! Growing pauses between attempts to reach something that is away.

use std::time::Duration;

use tokio_util::sync::CancellationToken;

const FIRST: Duration = Duration::from_millis(100);
const LONGEST: Duration = Duration::from_secs(2);

/// Pauses of 100 ms, doubled up to 2 s.
pub(super) struct Backoff(Duration);

impl Default for Backoff {
    fn default() -> Self {
        Self(FIRST)
    }
}

impl Backoff {
    /// Pauses, at most until `stop`.
    pub async fn wait(&mut self, stop: &CancellationToken) {
        let _ = stop.run_until_cancelled(tokio::time::sleep(self.0)).await;
        self.0 = (self.0 * 2).min(LONGEST);
    }

    /// It answered.
    pub fn reset(&mut self) {
        self.0 = FIRST;
    }
}
