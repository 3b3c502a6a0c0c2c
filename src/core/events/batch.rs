//! Messages that are handled together, whoever sent them: one flush for many.
//!
//! A consumer collects messages until there are enough or the first one has waited for long enough, has
//! them flushed, and acknowledges them. What cannot be read is given up before anything is begun. A batch
//! that fails is tried again, then halved until what fails fails alone; the halves keep their order.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::{Duration, Instant};

use bytes::Bytes;
use futures_util::future::BoxFuture;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;

use super::delivery::{Delivery, Failure};
use super::process::{self, Outcome, WAITS};
use super::subscription::Subscription;
use crate::core::caller::{Caller, PLATFORM_PARTNER};
use crate::core::db::Purpose;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// Bytes of bodies after which a batch is flushed, however few its messages are.
pub(super) const BYTES: usize = 8 * 1024 * 1024;

/// What one flush gets: at least one message, in the order of their arrival.
#[derive(Debug, Clone)]
pub struct Batch<P> {
    /// The messages.
    pub messages: Vec<BatchMessage<P>>,
    /// Follows from the ids of the messages: the same at every attempt with the same ones, for
    /// ClickHouse's `insert_deduplication_token`.
    pub token: String,
}

/// A message of a batch.
#[derive(Debug, Clone)]
pub struct BatchMessage<P> {
    /// Who sent it.
    pub caller: Arc<Caller>,
    /// What it says.
    pub payload: P,
}

pub(super) type Insert = dyn for<'a> Fn(&'a UnitOfWork, Batch<Bytes>) -> BoxFuture<'a, Result<(), Failure>>
    + Send
    + Sync;

/// Whether a body can be handled at all.
pub(super) type Check = dyn Fn(&[u8]) -> Result<(), Failure> + Send + Sync;

/// How messages become batches, and what is done with one.
#[derive(Clone)]
pub(super) struct Batching {
    /// Messages of a batch at most.
    pub rows: usize,
    /// Age of its first message at most.
    pub age: Duration,
    /// Whether the ids of messages are recorded with their effect.
    pub records: bool,
    pub check: Arc<Check>,
    pub insert: Arc<Insert>,
}

/// Has `subscription` handle messages in their order, as many at a time as possible. What became of each;
/// behind one that could not be handled for now, none is.
pub(super) async fn deliver(
    stores: &Stores,
    (subscription, batching): (&Subscription, &Batching),
    deliveries: &[&Delivery],
) -> Vec<Outcome> {
    let stores = &stores.of(Purpose::Background);
    let started = Instant::now();
    let read = deliveries.iter().map(|delivery| {
        let caller = process::acceptable(stores, subscription, delivery).map_err(|why| (why, 0))?;
        (batching.check)(&delivery.body).map_err(|why| (why, 1))?;
        Ok(Accepted::new(delivery, caller))
    });
    let read: Vec<Result<Accepted<'_>, (Failure, u32)>> = read.collect();
    let readable: Vec<&Accepted<'_>> = read.iter().flatten().collect();
    let mut handled = handle(stores, (subscription, batching), &readable).await.into_iter();
    let outcome = |read: &Result<_, (Failure, u32)>| match read {
        Err((why, attempts)) => Outcome::Dead { reason: why.to_string(), attempts: *attempts },
        Ok(_) => handled.next().unwrap_or_else(|| Outcome::Away("not handled".to_owned())),
    };
    let outcomes: Vec<Outcome> = read.iter().map(outcome).collect();
    for (delivery, outcome) in deliveries.iter().zip(&outcomes) {
        process::record(stores, subscription, delivery, outcome, started);
    }
    outcomes
}

/// As [`deliver`], for messages that can be read.
async fn handle(
    stores: &Stores,
    (subscription, batching): (&Subscription, &Batching),
    messages: &[&Accepted<'_>],
) -> Vec<Outcome> {
    let mut outcomes = Vec::with_capacity(messages.len());
    let mut parts = vec![messages];
    while let Some(part) = parts.pop() {
        match part {
            [] => {}
            [one] => outcomes.push(process::attempts(stores, subscription, one.delivery).await),
            many => {
                // The halves of what failed for long enough fail sooner.
                let waits = if many.len() == messages.len() { &WAITS[..] } else { &[] };
                match attempts(stores, (subscription, batching), many, waits).await {
                    Ok(handled) => outcomes.extend(handled),
                    Err(Failure::Away(reason)) => outcomes.push(Outcome::Away(reason)),
                    Err(failure) => {
                        let (handler, messages) = (subscription.name, many.len());
                        tracing::debug!(handler, messages, %failure, "halving a batch");
                        let (before, after) = many.split_at(many.len() / 2);
                        parts.extend([after, before]);
                    }
                }
            }
        }
        if let Some(away @ Outcome::Away(_)) = outcomes.last().cloned() {
            outcomes.resize(messages.len(), away);
            break;
        }
    }
    outcomes
}

/// One attempt, and one more after each of the waits unless it would fail in the same way.
async fn attempts(
    stores: &Stores,
    (subscription, batching): (&Subscription, &Batching),
    messages: &[&Accepted<'_>],
    waits: &[Duration],
) -> Result<Vec<Outcome>, Failure> {
    let mut waits = waits.iter();
    loop {
        let deadline = Instant::now() + subscription.deadline;
        let failure = match once(stores, (subscription, batching), messages, deadline).await {
            Ok(outcomes) => return Ok(outcomes),
            Err(failure) => failure,
        };
        let Some(wait) = waits.next().filter(|_| !matches!(failure, Failure::Reject(_))) else {
            return Err(failure);
        };
        tracing::warn!(handler = subscription.name, %failure, "attempt at a batch failed");
        tokio::time::sleep(*wait).await;
    }
}

/// A message whose sender is known.
pub(super) struct Accepted<'a> {
    delivery: &'a Delivery,
    caller: Arc<Caller>,
    /// Names it in the batch's token.
    name: String,
}

impl<'a> Accepted<'a> {
    /// Without an id of its own it has one in the batch's token.
    pub fn new(delivery: &'a Delivery, caller: Arc<Caller>) -> Self {
        let name = delivery.message_id.clone();
        Self { delivery, caller, name: name.unwrap_or_else(|| Uuid::new_v4().to_string()) }
    }
}

/// Flushes the messages that were not handled before, and records them, in one unit of work of the
/// platform's own partner.
pub(super) async fn once(
    stores: &Stores,
    (subscription, batching): (&Subscription, &Batching),
    messages: &[&Accepted<'_>],
    deadline: Instant,
) -> Result<Vec<Outcome>, Failure> {
    let caller = Caller {
        partner_id: Some(PLATFORM_PARTNER),
        client_type: "message".into(),
        ..Caller::default()
    };
    let unit = UnitOfWork::new(stores.clone(), Arc::new(caller), deadline);
    let outcomes = process::guarded(stores, deadline, async {
        let is_new = match batching.records {
            true => first_times(&unit, subscription.name, messages).await?,
            false => vec![true; messages.len()],
        };
        let fresh = messages.iter().zip(&is_new).filter(|(_, is_new)| **is_new);
        let fresh: Vec<&Accepted<'_>> = fresh.map(|(message, _)| *message).collect();
        if !fresh.is_empty() {
            let token = token(&fresh);
            let message = |one: &&Accepted<'_>| BatchMessage {
                caller: Arc::clone(&one.caller),
                payload: one.delivery.body.clone(),
            };
            let messages = fresh.iter().map(message).collect();
            (batching.insert)(&unit, Batch { messages, token }).await?;
        }
        let outcome = |is_new| if is_new { Outcome::Done } else { Outcome::Duplicate };
        Ok(is_new.into_iter().map(outcome).collect())
    })
    .await?;
    process::commit(unit).await?;
    Ok(outcomes)
}

/// Records messages as handled in the unit's transaction; which of them were not before. Waits for
/// deliveries of the same messages that are being handled elsewhere.
async fn first_times(
    unit: &UnitOfWork,
    handler: &'static str,
    messages: &[&Accepted<'_>],
) -> Result<Vec<bool>, Error> {
    let ids = messages.iter().filter_map(|message| message.delivery.message_id.clone());
    let mut ids: Vec<String> = ids.collect();
    // Two that record the same ones wait for each other in one direction only.
    ids.sort_unstable();
    let statement = Statement::from_sql_and_values(
        DbBackend::Postgres,
        "INSERT INTO processed_message (handler, message_id) SELECT $1, unnest($2::text[]) \
         ON CONFLICT DO NOTHING RETURNING message_id",
        [handler.into(), ids.into()],
    );
    let rows = unit.write().await?.query_all_raw(statement).await?;
    let recorded = rows.iter().map(|row| row.try_get_by_index(0)).collect::<Result<_, _>>();
    let mut recorded: HashSet<String> = recorded?;
    // Of two with one id the first one is new.
    let is_new = messages.iter().map(|message| match &message.delivery.message_id {
        Some(id) => recorded.remove(id),
        None => true,
    });
    Ok(is_new.collect())
}

fn token(messages: &[&Accepted<'_>]) -> String {
    let mut hash = Sha256::new();
    for message in messages {
        hash.update(message.name.as_bytes());
        hash.update([0]);
    }
    hash.finalize().iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_token_follows_from_ids_and_their_order() {
        let of = |names: &[&str]| {
            let delivery = |name: &&str| Delivery {
                message_id: Some((*name).to_owned()),
                ..Delivery::default()
            };
            let deliveries: Vec<Delivery> = names.iter().map(delivery).collect();
            let accepted = deliveries.iter().map(|one| Accepted::new(one, Arc::default()));
            let accepted: Vec<Accepted<'_>> = accepted.collect();
            token(&accepted.iter().collect::<Vec<_>>())
        };
        assert_eq!(of(&["a", "b"]), of(&["a", "b"]));
        assert_ne!(of(&["a", "b"]), of(&["b", "a"]));
        assert_ne!(of(&["a", "b"]), of(&["ab"]));
        assert_eq!(of(&["a"]).len(), 64);
    }
}
