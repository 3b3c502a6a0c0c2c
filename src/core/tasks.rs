//! Supervisor of background tasks: named, restarted after a panic, stopped together.

use std::future::Future;
use std::time::Duration;

use tokio::runtime::{Builder, Runtime};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

/// Pause before a task that ended by itself is started again.
const RESTART_DELAY: Duration = Duration::from_secs(1);

/// Runs the background tasks of a process under one cancellation token, on threads of their own, so
/// that they and the requests do not wait for each other.
pub struct Supervisor {
    tracker: TaskTracker,
    stop: CancellationToken,
    /// Present until the drop, which must not wait for what still runs.
    runtime: Option<Runtime>,
}

impl Drop for Supervisor {
    fn drop(&mut self) {
        self.stop.cancel();
        if let Some(runtime) = self.runtime.take() {
            runtime.shutdown_background();
        }
    }
}

impl Supervisor {
    /// With `threads` threads.
    ///
    /// # Errors
    /// The system has none.
    pub fn new(threads: usize) -> std::io::Result<Self> {
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.max(1))
            .thread_name("background")
            .enable_all()
            .build()?;
        let (tracker, stop) = (TaskTracker::new(), CancellationToken::new());
        Ok(Self { tracker, stop, runtime: Some(runtime) })
    }

    /// Token that every task watches.
    pub fn stop_token(&self) -> CancellationToken {
        self.stop.clone()
    }

    /// Starts a task. `run` is called again whenever the task ends before the stop.
    pub fn spawn<F, Run>(&self, name: &'static str, run: Run)
    where
        Run: Fn(CancellationToken) -> F + Send + 'static,
        F: Future<Output = ()> + Send + 'static,
    {
        let Some(runtime) = &self.runtime else { return };
        let (stop, handle) = (self.stop.clone(), runtime.handle().clone());
        let supervised = async move {
            while !stop.is_cancelled() {
                match handle.spawn(run(stop.clone())).await {
                    Ok(()) if stop.is_cancelled() => {}
                    Ok(()) => tracing::warn!(task = name, "task ended, starting it again"),
                    Err(error) => tracing::error!(task = name, %error, "task panicked"),
                }
                tokio::select! {
                    () = stop.cancelled() => {}
                    () = tokio::time::sleep(RESTART_DELAY) => {}
                }
            }
        };
        self.tracker.spawn_on(supervised, runtime.handle());
    }

    /// Asks every task to stop and waits for them, at most `limit`.
    pub async fn stop(&self, limit: Duration) {
        self.stop.cancel();
        self.tracker.close();
        if tokio::time::timeout(limit, self.tracker.wait()).await.is_err() {
            tracing::warn!(left = self.tracker.len(), "background tasks did not stop in time");
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    #[tokio::test]
    async fn a_panicking_task_is_started_again() {
        let runs = Arc::new(AtomicU32::new(0));
        let seen = Arc::clone(&runs);
        let supervisor = Supervisor::new(1).expect("threads");
        supervisor.spawn("flaky", move |stop| {
            let run = seen.fetch_add(1, Ordering::SeqCst);
            async move {
                assert!(run > 0, "first run fails");
                stop.cancelled().await;
            }
        });
        let restarted = async {
            while runs.load(Ordering::SeqCst) < 2 {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        tokio::time::timeout(Duration::from_secs(10), restarted).await.expect("restarted");
        supervisor.stop(Duration::from_secs(1)).await;
        assert_eq!(runs.load(Ordering::SeqCst), 2);
    }
}
