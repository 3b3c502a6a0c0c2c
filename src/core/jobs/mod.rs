//! Scheduled jobs: work that is due every so often, done by one replica of many.
//!
//! A job is due `every` after its last start, which table `job_run` has for all replicas. While one runs
//! it, it holds the job's advisory lock on a connection of its own, so that a replica that dies gives
//! the lock back.

mod housekeeping;
mod run;
mod runner;
mod turn;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::BoxFuture;

pub use housekeeping::housekeeping;
pub use run::{JobRun, in_batches};
pub use runner::{RunError, run, run_now};
pub use turn::{JobState, states};

use super::error::Error;

type Work = dyn Fn(JobRun) -> BoxFuture<'static, Result<u64, Error>> + Send + Sync;

/// Work that is due every so often. Cloning is cheap.
#[derive(Clone)]
pub struct Job {
    /// Name in `job_run`, metrics and on the command line.
    pub name: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    /// Time from start to start; 0 = only by hand.
    pub every: Duration,
    work: Arc<Work>,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("name", &self.name).field("every", &self.every).finish()
    }
}

impl Job {
    /// A job whose `work` returns the number of rows that it wrote.
    ///
    /// The work is dropped at its deadline and at the stop of the process, and may run a second time
    /// after either: it commits in small transactions and starts from what is stored.
    pub fn new<W, F>((name, about): (&'static str, &'static str), every: Duration, work: W) -> Self
    where
        W: Fn(JobRun) -> F + Send + Sync + 'static,
        F: Future<Output = Result<u64, Error>> + Send + 'static,
    {
        Self { name, about, every, work: Arc::new(move |run| Box::pin(work(run))) }
    }
}
