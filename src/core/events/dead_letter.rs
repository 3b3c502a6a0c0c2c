//! Messages that were given up: in `<queue>_dlq` of the broker, else in table `dead_letter`.

use std::collections::BTreeMap;

use sea_orm::sqlx;
use tokio::sync::Mutex;

use super::delivery::{Delivery, MESSAGE_ID};
use super::publisher::{Message, Publisher};
use super::topology::dead_letter_queue;
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// Header with the reason.
pub(super) const ERROR: &str = "x-error";
/// Header with the number of attempts.
pub(super) const ATTEMPTS: &str = "x-attempts";
/// Longest reason that is kept, in characters.
const REASON_LIMIT: usize = 1000;

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
        self.publish(&dead_letter_queue(queue), delivery, headers).await
    }

    /// Publishes to a queue by its name.
    ///
    /// # Errors
    /// It may not be stored.
    pub async fn publish(
        &self,
        queue: &str,
        delivery: &Delivery,
        headers: BTreeMap<String, String>,
    ) -> Result<(), Error> {
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
        let returned = publisher.publish(vec![message]).await?;
        *held = Some(publisher);
        match returned.into_values().next() {
            None => Ok(()),
            Some(reason) => Err(Error::internal("rabbitmq", reason)),
        }
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
    insert.execute(&stores.postgres.primary).await.map(drop).map_err(failed)
}

fn shortened(reason: &str) -> String {
    reason.chars().take(REASON_LIMIT).collect()
}
