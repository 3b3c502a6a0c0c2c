//! One message from arrival to its outcome: attempts, effect once, deadline, panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::batch::{self, Accepted};
use super::context;
use super::delivery::{Attempt, Delivery, Failure};
use super::subscription::{Subscription, Work};
use crate::core::caller::Caller;
use crate::core::db::Purpose;
use crate::core::error::{Error, panic_text};
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// Waits before the second, third and fourth attempt.
pub(super) const WAITS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];
/// Time for the commit itself beyond the deadline of the attempt.
const COMMIT_GRACE: Duration = Duration::from_secs(2);
/// Time beyond the deadline of an attempt in which what waited until then says for what: a wait for a
/// connection is nothing against the message.
const SAYING_WHY: Duration = Duration::from_millis(100);
/// Longest message id that is recorded, in bytes.
const ID_LIMIT: usize = 255;

/// What became of a message.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// Its effect is committed.
    Done,
    /// Its effect was committed by an earlier delivery.
    Duplicate,
    /// It is given up.
    Dead {
        /// Of the last attempt.
        reason: String,
        /// Attempts made.
        attempts: u32,
    },
    /// PostgreSQL is out of reach: it has to be delivered again.
    Away(String),
}

impl Outcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Duplicate => "duplicate",
            Self::Dead { .. } => "dead",
            Self::Away(_) => "away",
        }
    }
}

/// Has `subscription` handle one message: up to four attempts, each in a fresh transaction. Works on
/// nothing but the stores, so the caller decides what an outcome means to who delivered.
pub async fn deliver(stores: &Stores, subscription: &Subscription, delivery: &Delivery) -> Outcome {
    let stores = &stores.of(Purpose::Background);
    let started = Instant::now();
    let outcome = attempts(stores, subscription, delivery).await;
    record(stores, subscription, delivery, &outcome, started);
    outcome
}

/// The same for messages in their order; those of a batched subscription together. What became of each; behind
/// one that could not be handled for now, none is.
pub async fn deliver_all(
    stores: &Stores,
    subscription: &Subscription,
    deliveries: &[&Delivery],
) -> Vec<Outcome> {
    if let Work::Batch(batching) = &subscription.work {
        return batch::deliver(stores, (subscription, batching), deliveries).await;
    }
    let mut outcomes = Vec::with_capacity(deliveries.len());
    for delivery in deliveries {
        let outcome = deliver(stores, subscription, delivery).await;
        if matches!(outcome, Outcome::Away(_)) {
            outcomes.resize(deliveries.len(), outcome);
            break;
        }
        outcomes.push(outcome);
    }
    outcomes
}

/// Has `subscription` handle messages of one sender in one transaction, in their order. True if all had
/// their effect; else none had, and each has to be delivered by itself.
pub(super) async fn deliver_together(
    stores: &Stores,
    subscription: &Subscription,
    deliveries: &[&Delivery],
) -> bool {
    let started = Instant::now();
    match together(stores, subscription, deliveries).await {
        Ok(()) => {
            for delivery in deliveries {
                record(stores, subscription, delivery, &Outcome::Done, started);
            }
            true
        }
        Err(failure) => {
            tracing::debug!(handler = subscription.name, %failure, "delivering one by one");
            false
        }
    }
}

/// Counts and times an outcome, and logs a message that is given up.
pub(super) fn record(
    stores: &Stores,
    subscription: &Subscription,
    delivery: &Delivery,
    outcome: &Outcome,
    started: Instant,
) {
    let (metrics, name) = (&stores.metrics.events, subscription.name);
    if let Outcome::Dead { reason, attempts } = outcome {
        let id = delivery.message_id.as_deref();
        tracing::error!(handler = name, id, attempts, reason, "message given up");
    }
    metrics.messages.with_label_values(&[name, outcome.label()]).inc();
    let seconds = metrics.message_seconds.with_label_values(&[name]);
    seconds.observe(started.elapsed().as_secs_f64());
}

/// Up to four attempts.
pub(super) async fn attempts(
    stores: &Stores,
    subscription: &Subscription,
    delivery: &Delivery,
) -> Outcome {
    let dead = |reason, attempts| Outcome::Dead { reason, attempts };
    let caller = match acceptable(stores, subscription, delivery) {
        Ok(caller) => caller,
        Err(failure) => return dead(failure.to_string(), 0),
    };
    let mut waits = WAITS.iter();
    for number in 1.. {
        let deadline = Instant::now() + subscription.deadline;
        let attempt = Attempt { caller: Arc::clone(&caller), deadline };
        let failure = match once(stores, subscription, delivery, attempt).await {
            Ok(outcome) => return outcome,
            Err(failure) => failure,
        };
        let wait = match (waits.next(), failure) {
            (None, Failure::Away(reason)) => return Outcome::Away(reason),
            (None, Failure::Retry(reason)) | (_, Failure::Reject(reason)) => {
                return dead(reason, number);
            }
            (Some(wait), Failure::Retry(reason) | Failure::Away(reason)) => {
                tracing::warn!(handler = subscription.name, number, reason, "attempt failed");
                wait
            }
        };
        tokio::time::sleep(*wait).await;
    }
    dead("no attempt".to_owned(), 0)
}

/// The sender, or what can be refused without looking into the body.
pub(super) fn acceptable(
    stores: &Stores,
    subscription: &Subscription,
    delivery: &Delivery,
) -> Result<Arc<Caller>, Failure> {
    let refuse = |reason: String| Err(Failure::Reject(reason));
    let limit = stores.config.events.body_limit_bytes;
    if delivery.body.len() > limit {
        return refuse(format!("body of {} bytes, at most {limit}", delivery.body.len()));
    }
    if let Some(id) = &delivery.message_id
        && (id.len() > ID_LIMIT || id.contains('\0'))
    {
        return refuse(format!("message id of {} bytes, at most {ID_LIMIT}", id.len()));
    }
    context::caller(delivery, subscription.platform).map(Arc::new)
}

async fn together(
    stores: &Stores,
    subscription: &Subscription,
    deliveries: &[&Delivery],
) -> Result<(), Failure> {
    let no_way = |reason: &str| Failure::Retry(reason.to_owned());
    let ids = deliveries.iter().map(|delivery| delivery.message_id.clone());
    let ids: Vec<String> = ids.collect::<Option<_>>().ok_or_else(|| no_way("without id"))?;
    let Work::Effect(effect) = &subscription.work else {
        return Err(no_way("not in one transaction"));
    };
    let mut caller = None;
    for delivery in deliveries {
        caller = Some(acceptable(stores, subscription, delivery)?);
    }
    let caller = caller.ok_or_else(|| no_way("nothing to do"))?;
    let deadline = Instant::now() + subscription.deadline;
    let unit = UnitOfWork::new(stores.clone(), caller, deadline);
    guarded(stores, deadline, async {
        if first_times(&unit, subscription.name, &ids).await? != ids.len() {
            return Err(no_way("delivered before"));
        }
        for delivery in deliveries {
            effect(&unit, &delivery.body).await?;
        }
        Ok(())
    })
    .await?;
    commit(unit).await
}

async fn once(
    stores: &Stores,
    subscription: &Subscription,
    delivery: &Delivery,
    attempt: Attempt,
) -> Result<Outcome, Failure> {
    let deadline = attempt.deadline;
    match &subscription.work {
        Work::Effect(effect) => {
            let unit = UnitOfWork::new(stores.clone(), Arc::clone(&attempt.caller), deadline);
            let ids: Vec<String> = delivery.message_id.iter().cloned().collect();
            let is_new = guarded(stores, deadline, async {
                if first_times(&unit, subscription.name, &ids).await? != ids.len() {
                    return Ok(false);
                }
                effect(&unit, &delivery.body).await?;
                Ok(true)
            });
            if !is_new.await? {
                return Ok(Outcome::Duplicate);
            }
            commit(unit).await?;
        }
        Work::Batch(batching) => {
            let message = Accepted::new(delivery, Arc::clone(&attempt.caller));
            let handler = (subscription, batching);
            let outcomes = batch::once(stores, handler, &[&message], deadline).await?;
            return Ok(outcomes.into_iter().next().unwrap_or(Outcome::Done));
        }
        Work::Steps(handler) => {
            let id = delivery.message_id.as_ref().filter(|_| subscription.recorded);
            let unit = || UnitOfWork::new(stores.clone(), Arc::clone(&attempt.caller), deadline);
            if let Some(id) = id
                && is_recorded(&unit(), subscription.name, id).await?
            {
                return Ok(Outcome::Duplicate);
            }
            guarded(stores, deadline, handler.attempt(stores, delivery, &attempt)).await?;
            if let Some(id) = id {
                // Its effect is there: to be handled again is worse than not to be known.
                if let Err(failure) = record_alone(unit(), subscription.name, id).await {
                    tracing::warn!(handler = subscription.name, %failure, "a message is not recorded");
                }
            }
        }
    }
    Ok(Outcome::Done)
}

/// Ends `work` at the deadline; a panic is a failure like others.
pub(super) async fn guarded<T>(
    stores: &Stores,
    deadline: Instant,
    work: impl Future<Output = Result<T, Failure>>,
) -> Result<T, Failure> {
    let work = AssertUnwindSafe(work).catch_unwind();
    match tokio::time::timeout_at((deadline + SAYING_WHY).into(), work).await {
        Ok(Ok(done)) => done,
        Ok(Err(panic)) => {
            stores.metrics.panics.inc();
            Err(Failure::Retry(format!("panicked: {}", panic_text(panic.as_ref()))))
        }
        Err(_) => Err(Failure::Retry("deadline passed".to_owned())),
    }
}

pub(super) async fn commit(unit: UnitOfWork) -> Result<(), Failure> {
    match tokio::time::timeout(COMMIT_GRACE, unit.commit()).await {
        Ok(committed) => committed.map(drop).map_err(Failure::from),
        Err(_) => Err(Failure::Retry("commit without an answer".to_owned())),
    }
}

async fn is_recorded(unit: &UnitOfWork, handler: &'static str, id: &str) -> Result<bool, Error> {
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "SELECT FROM processed_message WHERE handler = $1 AND message_id = $2",
        [handler.into(), id.into()],
    );
    Ok(unit.read().query_one_raw(statement).await?.is_some())
}

/// Records a message as handled, in a transaction of its own.
async fn record_alone(unit: UnitOfWork, handler: &'static str, id: &str) -> Result<(), Failure> {
    first_times(&unit, handler, &[id.to_owned()]).await?;
    commit(unit).await
}

/// Records messages as handled in the unit's transaction; how many were not before. Waits for a
/// delivery of the same message that is being handled elsewhere.
async fn first_times(
    unit: &UnitOfWork,
    handler: &'static str,
    ids: &[String],
) -> Result<usize, Error> {
    if ids.is_empty() {
        return Ok(0);
    }
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "INSERT INTO processed_message (handler, message_id) SELECT $1, unnest($2::text[]) \
         ON CONFLICT DO NOTHING",
        [handler.into(), ids.to_vec().into()],
    );
    let recorded = unit.write().await?.execute_raw(statement).await?.rows_affected();
    Ok(usize::try_from(recorded).unwrap_or(usize::MAX))
}
