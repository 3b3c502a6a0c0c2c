//! Publishing with confirms, many messages on their way at the same time. Every exchange has a channel
//! of its own: the broker closes a channel when it refuses something, and the others go on.

use std::collections::{BTreeMap, HashMap};

use amqprs::connection::Connection;

use super::channel::Refusal;
use super::outlet::Outlet;
use super::topology;
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;

/// A message to publish.
pub(super) struct Message<'a> {
    /// Empty = the default exchange, whose routing keys are the names of queues.
    pub exchange: &'a str,
    /// At most 255 bytes.
    pub routing_key: &'a str,
    /// Told apart by this id when the broker returns some. At most 255 bytes.
    pub message_id: String,
    pub headers: BTreeMap<String, String>,
    pub body: Vec<u8>,
}

/// What became of messages that no queue has; all others are stored.
#[derive(Default)]
pub(super) struct Left {
    /// By message id, with the reason: no queue takes them.
    pub returned: HashMap<String, Refusal>,
    /// By message id, with the reason: the broker could not keep them.
    pub unkept: HashMap<String, Refusal>,
    /// By exchange, with the reason: any of its messages may have been stored or not.
    pub refused: HashMap<String, Refusal>,
}

impl Left {
    /// Whether all are stored.
    pub fn is_empty(&self) -> bool {
        self.returned.is_empty() && self.unkept.is_empty() && self.refused.is_empty()
    }

    /// Why a message has to be published again, if it has to.
    pub fn again(&self, exchange: &str, message_id: &str) -> Option<&Refusal> {
        self.refused.get(exchange).or_else(|| self.unkept.get(message_id))
    }
}

/// A connection that publishes.
pub(super) struct Publisher {
    connection: Connection,
    outlets: HashMap<String, Outlet>,
}

impl Publisher {
    /// Opens a connection of its own.
    ///
    /// # Errors
    /// The broker does not answer.
    pub async fn open(amqp: &Amqp) -> Result<Self, Error> {
        Ok(Self { connection: amqp.connect().await?, outlets: HashMap::new() })
    }

    /// The connection, for declarations.
    pub fn connection(&self) -> &Connection {
        &self.connection
    }

    /// Publishes persistent messages, those to one exchange in this order, and waits until the broker
    /// has answered for all. What it did not store.
    ///
    /// # Errors
    /// The connection is lost: any of them may have been accepted. Open another publisher then.
    pub async fn publish(&mut self, messages: Vec<Message<'_>>) -> Result<Left, Error> {
        let mut by_exchange: BTreeMap<&str, Vec<Message<'_>>> = BTreeMap::new();
        for message in messages {
            by_exchange.entry(message.exchange).or_default().push(message);
        }
        let mut left = Left::default();
        for (exchange, messages) in by_exchange {
            let refusal = match self.outlet(exchange).await? {
                Err(refusal) => Some(refusal),
                Ok(outlet) => outlet.publish(messages, &mut left).await?,
            };
            if let Some(refusal) = refusal {
                // The channel is gone, and with it the answers for its messages.
                self.outlets.remove(exchange);
                left.refused.insert(exchange.to_owned(), refusal);
            }
        }
        Ok(left)
    }

    async fn outlet(&mut self, exchange: &str) -> Result<Result<&mut Outlet, Refusal>, Error> {
        if !self.outlets.contains_key(exchange) {
            if !exchange.is_empty()
                && let Err(refusal) = topology::exchange(&self.connection, exchange).await?
            {
                return Ok(Err(refusal));
            }
            let outlet = Outlet::open(&self.connection).await?;
            self.outlets.insert(exchange.to_owned(), outlet);
        }
        let outlet = self.outlets.get_mut(exchange);
        outlet.map(Ok).ok_or_else(|| Error::internal("rabbitmq", "no channel"))
    }

    /// Whether it can be used.
    pub fn is_open(&self) -> bool {
        self.connection.is_open()
    }

    /// Ends the connection in order.
    pub async fn close(self) {
        for outlet in self.outlets.into_values() {
            outlet.close().await;
        }
        let _ = self.connection.close().await;
    }
}
