//! The runtime to which connections to stores belong.
//!
//! A socket is driven by the runtime in whose context it was opened. Connections are shared by all HTTP
//! workers and by background work, which end at different times, so no connection may belong to any of
//! these: their runtimes would take it along.

use std::io;
use std::sync::Arc;

use tokio::runtime::{Builder, EnterGuard, Handle, Runtime};
use tokio::task::JoinHandle;
use tokio_util::context::TokioContext;

/// Enough to move bytes: what is done with them happens elsewhere.
const MOST_THREADS: usize = 2;

/// Drives connections until the last clone is dropped. Cloning is cheap.
#[derive(Clone)]
pub struct StoreRuntime(Arc<Owned>);

/// Present until the drop, which must not wait for what still runs.
struct Owned(Option<Runtime>, Handle);

impl Drop for Owned {
    fn drop(&mut self) {
        if let Some(runtime) = self.0.take() {
            runtime.shutdown_background();
        }
    }
}

impl StoreRuntime {
    /// With threads of its own.
    ///
    /// # Errors
    /// The system has none.
    pub fn new() -> io::Result<Self> {
        let threads = std::thread::available_parallelism().map_or(1, usize::from);
        let runtime = Builder::new_multi_thread()
            .worker_threads(threads.min(MOST_THREADS))
            .thread_name("stores")
            .enable_all()
            .build()?;
        let handle = runtime.handle().clone();
        Ok(Self(Arc::new(Owned(Some(runtime), handle))))
    }

    /// `work`, on the thread of whoever awaits it; the sockets, timers and tasks that it makes belong to
    /// this runtime.
    pub fn run<F: Future>(&self, work: F) -> TokioContext<F> {
        TokioContext::new(work, self.0.1.clone())
    }

    /// Starts a task on the threads of this runtime.
    pub fn spawn<F>(&self, task: F) -> JoinHandle<F::Output>
    where
        F: Future<Output: Send> + Send + 'static,
    {
        self.0.1.spawn(task)
    }

    /// Has what this thread opens and starts belong to this runtime until the guard is dropped.
    pub(super) fn enter(&self) -> EnterGuard<'_> {
        self.0.1.enter()
    }
}
