//! Typed registration of a handler for the messages of one queue.

use std::sync::Arc;
use std::time::Duration;

use futures_util::FutureExt as _;
use futures_util::future::{BoxFuture, ready};
use serde::de::DeserializeOwned;

use bytes::Bytes;

use super::batch::{Batch, BatchMessage, Batching, Check, Insert};
use super::delivery::{Attempt, Delivery, Failure};
use crate::core::db::clickhouse_is_away;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// Messages that wait in a lane beside the ones in work.
const AHEAD: usize = 4;
/// Limit of one attempt unless a subscription sets its own.
const DEADLINE: Duration = Duration::from_secs(30);

/// Messages of a batch at most: the broker counts what a consumer has in hand in 16 bits.
const MOST_ROWS: usize = 30_000;

/// A durable queue and what is routed to it by a durable direct exchange.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Queue {
    /// Exchange that feeds it.
    pub exchange: &'static str,
    /// Name of the queue.
    pub name: &'static str,
    more_keys: &'static [&'static str],
}

impl Queue {
    /// A queue bound with its own name without a trailing `_q`.
    pub const fn new(exchange: &'static str, name: &'static str) -> Self {
        Self { exchange, name, more_keys: &[] }
    }

    /// Bound with these keys too.
    pub const fn bound_to(mut self, keys: &'static [&'static str]) -> Self {
        self.more_keys = keys;
        self
    }

    /// Routing keys of its bindings.
    pub fn keys(&self) -> impl Iterator<Item = &'static str> + use<> {
        let own = self.name.strip_suffix("_q").unwrap_or(self.name);
        std::iter::once(own).chain(self.more_keys.iter().copied())
    }

    /// Whether a message with this exchange and routing key arrives in it.
    pub fn takes(&self, exchange: &str, key: &str) -> bool {
        self.exchange == exchange && self.keys().any(|one| one == key)
    }
}

/// A handler that arranges its units of work itself, for effects in several steps.
pub trait Handler: Send + Sync {
    /// One attempt. Must be idempotent: it may be repeated after a success.
    fn attempt<'a>(
        &'a self,
        stores: &'a Stores,
        delivery: &'a Delivery,
        attempt: &'a Attempt,
    ) -> BoxFuture<'a, Result<(), Failure>>;
}

pub(super) type Effect =
    dyn for<'a> Fn(&'a UnitOfWork, &'a [u8]) -> BoxFuture<'a, Result<(), Failure>> + Send + Sync;

/// How a message is handled.
#[derive(Clone)]
pub(super) enum Work {
    /// In one unit of work, which records the message id too.
    Effect(Arc<Effect>),
    /// Many in one unit of work, whoever sent them.
    Batch(Batching),
    /// In its own way.
    Steps(Arc<dyn Handler>),
}

/// The messages of one queue and what they do.
#[derive(Clone)]
pub struct Subscription {
    /// Where they come from.
    pub queue: Queue,
    /// Name in metrics, logs and the record of processed messages.
    pub name: &'static str,
    /// Messages in work at the same time in one replica.
    pub concurrency: u16,
    /// Member of the body that names the aggregate of a message whose sender does not.
    pub(super) ordered_by: Option<&'static str>,
    /// Messages of one sender that may share a transaction.
    pub together: usize,
    /// Limit of one attempt.
    pub deadline: Duration,
    /// Whether a message without partner works as the platform's own.
    pub platform: bool,
    /// Whether the ids of messages that are handled in several steps are recorded.
    pub(super) recorded: bool,
    pub(super) work: Work,
}

impl Subscription {
    /// Each message is one call of `effect` in one unit of work, in which the message id is recorded:
    /// a redelivery has no second effect. A body that is no `P` is a dead letter.
    pub fn new<P, F>(queue: Queue, name: &'static str, effect: F) -> Self
    where
        P: DeserializeOwned + Send,
        F: for<'a> Fn(&'a UnitOfWork, P) -> BoxFuture<'a, Result<(), Error>>
            + Send
            + Sync
            + 'static,
    {
        let effect: Arc<Effect> = Arc::new(move |unit, body| match parse(body) {
            Ok(payload) => effect(unit, payload).map(|done| done.map_err(Failure::from)).boxed(),
            Err(failure) => ready(Err(failure)).boxed(),
        });
        Self::with(queue, name, Work::Effect(effect))
    }

    /// Each message is handled in several steps.
    pub fn in_steps(queue: Queue, name: &'static str, handler: impl Handler + 'static) -> Self {
        Self::with(queue, name, Work::Steps(Arc::new(handler)))
    }

    /// Messages of any sender are collected until there are `rows` of them, or 8 MiB, or the first one is
    /// `age` old, and `insert` handles them in one unit of work of the platform's own partner. They are
    /// acknowledged after its commit; what was collected at a stop is flushed. Messages of one aggregate
    /// keep their order.
    ///
    /// A message whose body is no `P` is a dead letter. A batch that fails is tried again like a message, then
    /// halved until what fails is alone and becomes a dead letter. While PostgreSQL or ClickHouse is away, nothing counts as failed and all come again.
    ///
    /// The ids of the messages are recorded in the same transaction, so what `insert` writes to PostgreSQL
    /// is written once. ClickHouse takes no part in it: a table with a deduplication window, written with
    /// the batch's token, drops the same batch tried again, but after a crash between insert and commit the
    /// messages come again and may be grouped otherwise. Rows there need an identity by which readers see
    /// each once.
    pub fn batched<P, F>(
        queue: Queue,
        name: &'static str,
        rows: usize,
        age: Duration,
        insert: F,
    ) -> Self
    where
        P: DeserializeOwned + Send + 'static,
        F: for<'a> Fn(&'a UnitOfWork, Batch<P>) -> BoxFuture<'a, Result<(), Error>>
            + Send
            + Sync
            + 'static,
    {
        let insert: Arc<Insert> = Arc::new(move |unit, batch| match typed(batch) {
            Ok(batch) => insert(unit, batch).map(|done| done.map_err(batch_failure)).boxed(),
            Err(failure) => ready(Err(failure)).boxed(),
        });
        let check: Arc<Check> = Arc::new(|body| parse::<P>(body).map(drop));
        let rows = rows.clamp(1, MOST_ROWS);
        Self::with(queue, name, Work::Batch(Batching { rows, age, records: true, check, insert }))
    }

    /// Messages of a batch that `check` refuses become dead letters before anything is begun, and hold up no
    /// others: for what is known to be refused without a look at what is stored.
    pub fn checked<P: DeserializeOwned>(
        mut self,
        check: impl Fn(P) -> Result<(), Error> + Send + Sync + 'static,
    ) -> Self {
        if let Work::Batch(batching) = &mut self.work {
            batching.check = Arc::new(move |body| Ok(check(parse(body)?)?));
        }
        self
    }

    /// Records no ids of a batch's messages, for an `insert` that may be repeated by itself and writes
    /// nothing to PostgreSQL: then no transaction is begun.
    pub fn unrecorded(mut self) -> Self {
        if let Work::Batch(batching) = &mut self.work {
            batching.records = false;
        }
        self
    }

    /// Messages that a consumer has in hand at most: those in work, and some that wait.
    pub(super) fn in_hand(&self) -> u16 {
        let of_lane = match &self.work {
            Work::Batch(batching) => 2 * batching.rows,
            Work::Effect(_) | Work::Steps(_) => self.together.max(AHEAD),
        };
        self.concurrency.saturating_mul(u16::try_from(of_lane).unwrap_or(u16::MAX))
    }

    fn with(queue: Queue, name: &'static str, work: Work) -> Self {
        Self {
            queue,
            name,
            concurrency: 1,
            ordered_by: None,
            together: 1,
            deadline: DEADLINE,
            platform: false,
            recorded: false,
            work,
        }
    }

    /// Up to `count` messages at the same time; messages of one aggregate stay in order.
    pub fn concurrency(mut self, count: u16) -> Self {
        self.concurrency = count.max(1);
        self
    }

    /// Messages with the same text in this member of the body stay in order, too: for senders elsewhere, who
    /// name no aggregate.
    pub fn ordered_by(mut self, member: &'static str) -> Self {
        self.ordered_by = Some(member);
        self
    }

    /// Up to `count` waiting messages of one sender share a transaction; when one of them fails, each
    /// gets its own. For effects that are cheap beside a commit and lock nothing for long.
    pub fn together(mut self, count: usize) -> Self {
        self.together = count.max(1);
        self
    }

    /// Records the ids of messages whose steps succeeded, so that one which is delivered again is not handled
    /// again, unless the process died between the two.
    pub fn recorded(mut self) -> Self {
        self.recorded = true;
        self
    }

    /// Limits an attempt to `limit` instead of 30 s.
    pub fn deadline(mut self, limit: Duration) -> Self {
        self.deadline = limit;
        self
    }

    /// A message without partner works as the platform's own partner.
    pub fn as_platform(mut self) -> Self {
        self.platform = true;
        self
    }
}

fn typed<P: DeserializeOwned>(batch: Batch<Bytes>) -> Result<Batch<P>, Failure> {
    let messages = batch.messages.into_iter().map(|BatchMessage { caller, payload }| {
        Ok(BatchMessage { caller, payload: parse(&payload)? })
    });
    Ok(Batch { messages: messages.collect::<Result<_, Failure>>()?, token: batch.token })
}

fn batch_failure(error: Error) -> Failure {
    if clickhouse_is_away(&error) {
        return Failure::Away(error.to_string());
    }
    error.into()
}

/// The body as `P`; for handlers in steps too.
///
/// # Errors
/// A dead letter: the body is no JSON object, or misses a member.
pub fn parse<P: DeserializeOwned>(body: &[u8]) -> Result<P, Failure> {
    let invalid = |reason: String| Failure::Reject(format!("invalid payload: {reason}"));
    // A list would be read as the members in their order.
    if body.trim_ascii_start().first().is_some_and(|first| *first != b'{') {
        return Err(invalid("expected a JSON object".to_owned()));
    }
    serde_json::from_slice(body).map_err(|error| invalid(error.to_string()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queues_are_bound_by_their_name_without_its_ending() {
        let keys = |queue: Queue| queue.keys().collect::<Vec<_>>();
        assert_eq!(keys(Queue::new("x", "a_q_b_q")), ["a_q_b"]);
        assert_eq!(keys(Queue::new("x", "out")), ["out"]);
        assert_eq!(keys(Queue::new("x", "out_q").bound_to(&["out_rk"])), ["out", "out_rk"]);
    }
}
