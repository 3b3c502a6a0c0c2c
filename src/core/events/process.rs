//! One message from arrival to its outcome: attempts, effect once, deadline, panics.

use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::{Duration, Instant};

use futures_util::FutureExt as _;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::context;
use super::delivery::{Attempt, Delivery, Failure};
use super::subscription::{Subscription, Work};
use crate::core::caller::Caller;
use crate::core::error::Error;
use crate::core::session::Session;
use crate::core::stores::Stores;

/// Waits before the second, third and fourth attempt.
const WAITS: [Duration; 3] =
    [Duration::from_millis(100), Duration::from_millis(200), Duration::from_millis(400)];
/// Time for the commit itself beyond the deadline of the attempt.
const COMMIT_GRACE: Duration = Duration::from_secs(2);
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
}

impl Outcome {
    fn label(&self) -> &'static str {
        match self {
            Self::Done => "done",
            Self::Duplicate => "duplicate",
            Self::Dead { .. } => "dead",
        }
    }
}

/// Has `subscription` handle one message: up to four attempts, each in a fresh transaction. Works on
/// nothing but the stores, so the caller decides what an outcome means to who delivered.
pub async fn deliver(stores: &Stores, subscription: &Subscription, delivery: &Delivery) -> Outcome {
    let started = Instant::now();
    let outcome = attempts(stores, subscription, delivery).await;
    let metrics = &stores.metrics.events;
    metrics.messages.with_label_values(&[subscription.name, outcome.label()]).inc();
    metrics
        .message_seconds
        .with_label_values(&[subscription.name])
        .observe(started.elapsed().as_secs_f64());
    if let Outcome::Dead { reason, attempts } = &outcome {
        let (handler, id) = (subscription.name, delivery.message_id.as_deref());
        tracing::error!(handler, id, attempts, reason, "message given up");
    }
    outcome
}

async fn attempts(stores: &Stores, subscription: &Subscription, delivery: &Delivery) -> Outcome {
    let dead = |reason, attempts| Outcome::Dead { reason, attempts };
    let caller = match acceptable(stores, subscription, delivery) {
        Ok(caller) => caller,
        Err(failure) => return dead(failure.to_string(), 0),
    };
    let mut waits = WAITS.iter();
    for number in 1.. {
        let deadline = Instant::now() + subscription.deadline;
        let attempt = Attempt { caller: Arc::clone(&caller), deadline };
        let reason = match once(stores, subscription, delivery, attempt).await {
            Ok(outcome) => return outcome,
            Err(Failure::Reject(reason)) => return dead(reason, number),
            Err(Failure::Retry(reason)) => reason,
        };
        let Some(wait) = waits.next() else { return dead(reason, number) };
        tracing::warn!(handler = subscription.name, number, reason, "attempt failed");
        tokio::time::sleep(*wait).await;
    }
    dead("no attempt".to_owned(), 0)
}

/// What can be refused without looking into the body.
fn acceptable(
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

async fn once(
    stores: &Stores,
    subscription: &Subscription,
    delivery: &Delivery,
    attempt: Attempt,
) -> Result<Outcome, Failure> {
    let deadline = attempt.deadline;
    let running = async {
        match &subscription.work {
            Work::Effect(effect) => {
                let session = Session::new(stores.clone(), Arc::clone(&attempt.caller), deadline);
                if !first_time(&session, subscription.name, delivery).await? {
                    return Ok((Outcome::Duplicate, None));
                }
                effect(&session, &delivery.body).await?;
                Ok((Outcome::Done, Some(session)))
            }
            Work::Steps(handler) => {
                handler.attempt(stores, delivery, &attempt).await?;
                Ok::<_, Failure>((Outcome::Done, None))
            }
        }
    };
    let guarded = AssertUnwindSafe(running).catch_unwind();
    let (outcome, session) = match tokio::time::timeout_at(deadline.into(), guarded).await {
        Ok(Ok(done)) => done?,
        Ok(Err(panic)) => {
            stores.metrics.panics.inc();
            return Err(Failure::Retry(format!("panicked: {}", panic_text(panic.as_ref()))));
        }
        Err(_) => return Err(Failure::Retry("deadline passed".to_owned())),
    };
    if let Some(session) = session {
        match tokio::time::timeout(COMMIT_GRACE, session.commit()).await {
            Ok(committed) => drop(committed?),
            Err(_) => return Err(Failure::Retry("commit without an answer".to_owned())),
        }
    }
    Ok(outcome)
}

/// Records the message as handled in the session's transaction; false when it was before. Waits for
/// a delivery of the same message that is being handled elsewhere.
async fn first_time(
    session: &Session,
    handler: &'static str,
    delivery: &Delivery,
) -> Result<bool, Error> {
    let Some(id) = delivery.message_id.as_deref().filter(|id| !id.is_empty()) else {
        return Ok(true);
    };
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "INSERT INTO processed_message (handler, message_id) VALUES ($1, $2) ON CONFLICT DO NOTHING",
        [handler.into(), id.into()],
    );
    Ok(session.write().await?.execute_raw(statement).await?.rows_affected() == 1)
}

/// Message of a caught panic.
pub(super) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    let text = panic.downcast_ref::<String>().map(String::as_str);
    text.or_else(|| panic.downcast_ref::<&str>().copied()).unwrap_or("unknown")
}
