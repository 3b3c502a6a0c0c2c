//! Messages that were given up: in `<queue>_dlq` of the broker, else in table `dead_letter`. Events that
//! nothing takes stay in the outbox and are looked after in the same way.

mod broker;
mod outbox;
mod table;

use std::collections::BTreeMap;

use sea_orm::sqlx;
use serde::Serialize;
use tokio::sync::Mutex;
use uuid::Uuid;

use super::channel::Refusal;
use super::delivery::{Delivery, MESSAGE_ID};
use super::publisher::{Left, Message, Publisher};
use super::subscription::Subscription;
use super::topology::{Topology, dead_letter_queue};
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// Header with the reason.
const ERROR: &str = "x-error";
/// Header with the number of attempts.
const ATTEMPTS: &str = "x-attempts";
/// Longest reason that is kept, in characters.
const REASON_LIMIT: usize = 1000;

/// Name that stands for the events that nothing takes, beside the names of queues.
pub const OUTBOX: &str = "outbox";

/// A queue with given-up messages.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadQueue {
    /// Name of the queue that the messages came from, or `outbox`.
    pub queue: String,
    /// How many there are.
    pub messages: i64,
}

/// A given-up message.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct DeadLetter {
    /// Names it within its queue: the message id, or in the tables the number of the row.
    pub id: String,
    /// Why it was given up.
    pub error: String,
    /// Attempts made.
    pub attempts: u32,
    /// Texts of the headers.
    pub headers: BTreeMap<String, String>,
    /// Body as text; bytes that are none are replaced.
    pub body: String,
}

/// Which messages of a queue.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Selection {
    /// The first ones.
    First(usize),
    /// Those with these ids.
    Ids(Vec<String>),
    /// All that are there now.
    All,
}

impl Selection {
    fn limit(&self) -> usize {
        match self {
            Self::First(count) => *count,
            Self::Ids(_) | Self::All => usize::MAX,
        }
    }

    fn has(&self, id: &str) -> bool {
        match self {
            Self::First(_) | Self::All => true,
            Self::Ids(ids) => ids.iter().any(|one| one == id),
        }
    }

    /// For statements: the numbers among the ids, or none for all. No row has any other id.
    fn rows(&self) -> Option<Vec<i64>> {
        let Self::Ids(ids) = self else { return None };
        Some(ids.iter().filter_map(|id| id.parse().ok()).collect())
    }

    /// The ids that are asked for and were not `seen`.
    fn unknown(&self, seen: impl Fn(&str) -> bool) -> Vec<Unhandled> {
        let Self::Ids(ids) = self else { return Vec::new() };
        let unknown = ids.iter().filter(|id| !seen(id));
        let reason = || "no such message".to_owned();
        unknown.map(|id| Unhandled { id: id.clone(), reason: reason() }).collect()
    }
}

/// What became of the selected messages.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Handled {
    /// Messages that were sent or deleted.
    pub count: usize,
    /// The others, which are where they were.
    pub left: Vec<Unhandled>,
}

/// A message with which nothing could be done.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Unhandled {
    /// As [`DeadLetter::id`].
    pub id: String,
    /// Why.
    pub reason: String,
}

/// Given-up messages of an installation.
pub struct DeadLetterOffice<'a> {
    stores: &'a Stores,
    topology: &'a Topology,
}

impl<'a> DeadLetterOffice<'a> {
    /// Of the broker where one is configured, else of the database.
    pub fn new(stores: &'a Stores, topology: &'a Topology) -> Self {
        Self { stores, topology }
    }

    /// Every queue that can have some, and the outbox.
    ///
    /// # Errors
    /// A store error.
    pub async fn queues(&self) -> Result<Vec<DeadQueue>, Error> {
        let names = self.topology.subscriptions.iter().map(|one| one.queue.name);
        let names: Vec<&str> = names.collect();
        let mut queues = match &self.stores.amqp {
            Some(amqp) => broker::counts(amqp, &names).await?,
            None => table::counts(self.stores, &names).await?,
        };
        let messages = outbox::count(self.stores).await?;
        queues.push(DeadQueue { queue: OUTBOX.to_owned(), messages });
        Ok(queues)
    }

    /// Messages of a queue in the order in which they were given up.
    ///
    /// # Errors
    /// No such queue; a store error.
    pub async fn list(&self, queue: &str, which: &Selection) -> Result<Vec<DeadLetter>, Error> {
        match (self.source(queue)?, &self.stores.amqp) {
            (None, _) => outbox::list(self.stores, which).await,
            (Some(source), Some(amqp)) => broker::list(amqp, source.queue.name, which).await,
            (Some(source), None) => table::list(self.stores, source.queue.name, which).await,
        }
    }

    /// Sends messages on their way again, each by itself.
    ///
    /// # Errors
    /// No such queue; a store error: those that were not sent are still there.
    pub async fn replay(&self, queue: &str, which: &Selection) -> Result<Handled, Error> {
        match (self.source(queue)?, &self.stores.amqp) {
            (None, _) => outbox::replay(self.stores, which).await,
            (Some(source), Some(amqp)) => broker::replay(amqp, source.queue.name, which).await,
            (Some(source), None) => table::replay(self.stores, &source.queue, which).await,
        }
    }

    /// Deletes messages.
    ///
    /// # Errors
    /// No such queue; a store error.
    pub async fn delete(&self, queue: &str, which: &Selection) -> Result<Handled, Error> {
        match (self.source(queue)?, &self.stores.amqp) {
            (None, _) => outbox::delete(self.stores, which).await,
            (Some(source), Some(amqp)) => broker::delete(amqp, source.queue.name, which).await,
            (Some(source), None) => table::delete(self.stores, source.queue.name, which).await,
        }
    }

    /// `None` for the outbox.
    fn source(&self, queue: &str) -> Result<Option<&Subscription>, Error> {
        let name = queue.strip_suffix("_dlq").unwrap_or(queue);
        if name == OUTBOX {
            return Ok(None);
        }
        let found = self.topology.subscriptions.iter().find(|one| one.queue.name == name);
        let known = || Error::not_found(format!("no such queue: {queue} (see coffee dlq list)"));
        found.map(Some).ok_or_else(known)
    }
}

/// The way to the dead letter queues of the broker.
pub(super) struct DeadLetters {
    amqp: Amqp,
    publisher: Mutex<Option<Publisher>>,
}

impl DeadLetters {
    pub fn new(amqp: Amqp) -> Self {
        Self { amqp, publisher: Mutex::new(None) }
    }

    /// Publishes a message of `queue` that was given up, and waits for the confirm.
    ///
    /// # Errors
    /// It may not be stored.
    pub async fn send(
        &self,
        queue: &str,
        delivery: &Delivery,
        reason: &str,
        attempts: u32,
    ) -> Result<(), Error> {
        let mut headers = delivery.headers.clone();
        headers.insert(ERROR.to_owned(), shortened(reason));
        headers.insert(ATTEMPTS.to_owned(), attempts.to_string());
        // It is named by its id when it is looked at, sent again or dropped.
        if delivery.message_id.is_none() {
            headers.insert(MESSAGE_ID.to_owned(), Uuid::new_v4().to_string());
        }
        let stored = self.publish(&dead_letter_queue(queue), delivery, headers).await?;
        stored.map_err(|refusal| Error::internal("rabbitmq", refusal))
    }

    /// Publishes to a queue by its name; or why the broker did not store it.
    ///
    /// # Errors
    /// The broker is away: it may not be stored.
    pub async fn publish(
        &self,
        queue: &str,
        delivery: &Delivery,
        headers: BTreeMap<String, String>,
    ) -> Result<Result<(), Refusal>, Error> {
        let mut held = self.publisher.lock().await;
        let mut publisher = match held.take().filter(Publisher::is_open) {
            Some(publisher) => publisher,
            None => Publisher::open(&self.amqp).await?,
        };
        // The id of a hostile message may be longer than the property can be.
        let id = headers.get(MESSAGE_ID).or(delivery.message_id.as_ref());
        let message_id = id.filter(|id| id.len() <= 255).cloned().unwrap_or_default();
        let body = delivery.body.to_vec();
        let message = Message { exchange: "", routing_key: queue, message_id, headers, body };
        let left = publisher.publish(vec![message]).await?;
        *held = Some(publisher);
        let Left { returned, unkept, refused } = left;
        let refusals = returned.into_values().chain(unkept.into_values());
        Ok(refusals.chain(refused.into_values()).next().map_or(Ok(()), Err))
    }

    /// Ends the connection in order.
    pub async fn close(&self) {
        if let Some(publisher) = self.publisher.lock().await.take() {
            publisher.close().await;
        }
    }
}

/// Stores a message of `queue` that was given up where there is no broker.
///
/// # Errors
/// A store error.
pub(super) async fn store(
    stores: &Stores,
    queue: &str,
    delivery: &Delivery,
    reason: &str,
    attempts: u32,
) -> Result<(), Error> {
    let failed = |error| Error::internal("dead letter", error);
    let headers = serde_json::to_value(&delivery.headers);
    let headers = headers.map_err(|error| Error::internal("dead letter", error))?;
    let insert = sqlx::query(
        "INSERT INTO dead_letter (queue, message_id, headers, body, error, attempts) \
         VALUES ($1, $2, $3, $4, $5, $6)",
    )
    .bind(queue)
    .bind(&delivery.message_id)
    .bind(headers)
    .bind(delivery.body.as_ref())
    .bind(shortened(reason).replace('\0', " "))
    .bind(i32::try_from(attempts).unwrap_or(i32::MAX));
    insert.execute(stores.postgres.direct()).await.map(drop).map_err(failed)
}

fn shortened(reason: &str) -> String {
    reason.chars().take(REASON_LIMIT).collect()
}
