//! Scheduled jobs: work that is done when it is due, by one replica of many.
//!
//! Table `job_run` has for all replicas when a job last started, ended and succeeded, by the database's
//! clock; `due.rs` computes from it when the job is due. While a replica runs it, it holds the job's
//! advisory lock on a connection of its own, so that a replica that dies gives the lock back.

mod due;
mod housekeeping;
mod lock;
mod plan;
mod run;
mod runner;
mod state;

use std::fmt;
use std::sync::Arc;
use std::time::Duration;

use chrono_tz::Tz;
use futures_util::future::BoxFuture;

pub use due::due;
pub use housekeeping::housekeeping;
pub use plan::plan;
pub use run::{JobRun, in_batches};
pub use runner::{RunError, run, run_now};
pub use state::{JobState, states};

use super::error::Error;
use super::types::Cron;

/// Attempts after a failure unless a job sets its own, and the pause before the first of them.
const RETRIES: u32 = 3;
const RETRY_PAUSE: Duration = Duration::from_secs(30);

type Work = dyn Fn(JobRun) -> BoxFuture<'static, Result<u64, Error>> + Send + Sync;

/// When a job is due. One that never ran is due at once, but for [`When::After`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum When {
    /// So long after its last start.
    Every(Duration),
    /// At these times of a zone; at once if all replicas missed one.
    Cron(Cron, Tz),
    /// When the job of this name has succeeded since the own last start.
    After(&'static str),
    /// Never by itself.
    ByHand,
}

impl From<Duration> for When {
    /// `Every`; 0 = by hand.
    fn from(every: Duration) -> Self {
        if every.is_zero() { Self::ByHand } else { Self::Every(every) }
    }
}

impl fmt::Display for When {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Every(every) => write!(f, "every {} s", every.as_secs()),
            Self::Cron(cron, zone) => write!(f, "{cron} ({zone})"),
            Self::After(job) => write!(f, "after {job}"),
            Self::ByHand => f.write_str("by hand"),
        }
    }
}

/// Work with its schedule. Cloning is cheap.
#[derive(Clone)]
pub struct Job {
    /// Name in `job_run`, metrics and on the command line.
    pub name: &'static str,
    /// What it does, for people.
    pub about: &'static str,
    /// When it is due.
    pub when: When,
    /// Longest run; `None` = `jobs.limit_secs`.
    pub deadline: Option<Duration>,
    /// Attempts after a failure.
    pub retries: u32,
    /// Pause before the first of them; each further one is twice as long.
    pub retry_pause: Duration,
    work: Arc<Work>,
}

impl fmt::Debug for Job {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job").field("name", &self.name).field("when", &self.when).finish()
    }
}

impl Job {
    /// A job whose `work` returns the number of rows that it wrote. After a failure it is tried again
    /// three times, after 30, 60 and 120 s; a failure after that is an error in log and reports, and the
    /// job waits until it is due.
    ///
    /// The work is dropped at its deadline and at the stop of the process, and may run a second time
    /// after either: it commits in small transactions and starts from what is stored.
    pub fn new<W, F>(
        (name, about): (&'static str, &'static str),
        when: impl Into<When>,
        work: W,
    ) -> Self
    where
        W: Fn(JobRun) -> F + Send + Sync + 'static,
        F: Future<Output = Result<u64, Error>> + Send + 'static,
    {
        Self {
            name,
            about,
            when: when.into(),
            deadline: None,
            retries: RETRIES,
            retry_pause: RETRY_PAUSE,
            work: Arc::new(move |run| Box::pin(work(run))),
        }
    }

    /// Ends a run after `limit` instead of `jobs.limit_secs`.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = Some(limit);
        self
    }

    /// After a failure tries again `count` times, first after `pause`, then after twice as long each
    /// time, at most an hour.
    pub fn retries(mut self, count: u32, pause: Duration) -> Self {
        (self.retries, self.retry_pause) = (count, pause);
        self
    }
}
