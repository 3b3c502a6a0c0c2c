//! Work once, report until it is heard.

use std::sync::Arc;

use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;

use super::{JobBatch, JobTracker, Refusal, outcome};
use crate::core::error::Error;
use crate::core::events::{Attempt, Delivery, Failure, Handler, Queue, Subscription, parse};
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

type Work = dyn for<'a> Fn(&'a UnitOfWork, JobBatch) -> BoxFuture<'a, Result<JobBatch, Error>>
    + Send
    + Sync;

/// Handles the batches of one kind of job.
///
/// The work and its outcome are one transaction; the report follows. Whatever repeats a delivery, or
/// delivers it twice at the same time, the work has its effect once: a committed outcome is only
/// reported again.
pub struct BatchHandler {
    name: &'static str,
    tracker: Arc<JobTracker>,
    refusal: Refusal,
    work: Box<Work>,
}

impl BatchHandler {
    /// A handler whose `work` gets a batch with at least one item and returns it with its statuses
    /// set. What it refuses is rolled back and fails the batch; what fails internally is retried.
    pub fn new<F>(name: &'static str, tracker: Arc<JobTracker>, work: F) -> Self
    where
        F: for<'a> Fn(&'a UnitOfWork, JobBatch) -> BoxFuture<'a, Result<JobBatch, Error>>
            + Send
            + Sync
            + 'static,
    {
        Self { name, tracker, refusal: Refusal::FailsBatch, work: Box::new(work) }
    }

    /// Sets what a refusal makes of a batch.
    pub fn refusal(mut self, refusal: Refusal) -> Self {
        self.refusal = refusal;
        self
    }

    /// The batches of a queue.
    pub fn subscribe(self, queue: Queue) -> Subscription {
        Subscription::in_steps(queue, self.name, self)
    }

    async fn outcome(
        &self,
        stores: &Stores,
        batch: JobBatch,
        attempt: &Attempt,
    ) -> Result<JobBatch, Error> {
        let unit = || unit(stores, attempt);
        let count = |result: &str| {
            stores.metrics.job_batches.with_label_values(&[self.name, result]).inc();
        };
        if let Some(known) = outcome::find(stores, self.name, batch.id).await? {
            count("REPEATED");
            return Ok(known);
        }
        let mut work = unit();
        let outcome = match (self.work)(&work, batch.clone()).await {
            Ok(outcome) => outcome,
            Err(refused @ (Error::Refused(_) | Error::Rejected(_))) => {
                if !work.is_kept() {
                    work = unit();
                }
                let mut outcome = batch;
                outcome.refuse(self.refusal, &refused.public().text);
                outcome
            }
            Err(failed) => return Err(failed),
        };
        if outcome::insert(&work, self.name, &outcome).await? {
            work.commit().await?;
            count(outcome.status.as_deref().unwrap_or_default());
            return Ok(outcome);
        }
        // Another delivery of the batch was faster; what this one did is rolled back.
        drop(work);
        count("REPEATED");
        let known = outcome::find(stores, self.name, outcome.id).await?;
        known.ok_or_else(|| Error::internal("processed_batch", "an outcome vanished"))
    }
}

impl Handler for BatchHandler {
    fn attempt<'a>(
        &'a self,
        stores: &'a Stores,
        delivery: &'a Delivery,
        attempt: &'a Attempt,
    ) -> BoxFuture<'a, Result<(), Failure>> {
        async move {
            let batch: JobBatch = parse(&delivery.body)?;
            if batch.items.is_empty() {
                return Err(Failure::Reject("a batch without items".to_owned()));
            }
            let outcome = self.outcome(stores, batch, attempt).await?;
            self.tracker.report(&unit(stores, attempt), &outcome).await?;
            Ok(())
        }
        .boxed()
    }
}

fn unit(stores: &Stores, attempt: &Attempt) -> UnitOfWork {
    UnitOfWork::new(stores.clone(), Arc::clone(&attempt.caller), attempt.deadline)
}
