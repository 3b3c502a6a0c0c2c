//! Publishing with confirms, many messages on their way at the same time.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::time::Duration;

use amqprs::callbacks::ChannelCallback;
use amqprs::channel::{BasicPublishArguments, Channel, ConfirmSelectArguments};
use amqprs::connection::Connection;
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, FieldTable, FieldValue, Nack, Return};
use tokio::sync::mpsc;

use super::topology::{self, failed};
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;

/// Messages without an answer at the same time, which client and broker hold in memory.
const WINDOW: usize = 1000;
/// Longest wait for an answer of the broker.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(15);

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

/// A channel that publishes.
pub(super) struct Publisher {
    connection: Connection,
    channel: Channel,
    answers: mpsc::UnboundedReceiver<Answer>,
    /// Delivery tag of the last message.
    last_tag: u64,
    exchanges: HashSet<String>,
}

/// What the broker says about published messages.
enum Answer {
    Confirmed { tag: u64, multiple: bool },
    Refused,
    Returned { message_id: String, reason: String },
    Closed(String),
}

impl Publisher {
    /// Opens a connection of its own.
    ///
    /// # Errors
    /// The broker does not answer.
    pub async fn open(amqp: &Amqp) -> Result<Self, Error> {
        let connection = amqp.connect().await?;
        let channel = connection.open_channel(None).await.map_err(failed)?;
        let (sender, answers) = mpsc::unbounded_channel();
        channel.register_callback(Listener(sender)).await.map_err(failed)?;
        channel.confirm_select(ConfirmSelectArguments::default()).await.map_err(failed)?;
        Ok(Self { connection, channel, answers, last_tag: 0, exchanges: HashSet::new() })
    }

    /// The channel, for declarations.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// Publishes persistent messages in this order and waits until the broker has answered for all.
    /// The reasons why messages were returned, by their ids: no queue takes them.
    ///
    /// # Errors
    /// The connection broke or the broker refused one: any of them may have been accepted. Open
    /// another publisher then.
    pub async fn publish(
        &mut self,
        messages: Vec<Message<'_>>,
    ) -> Result<HashMap<String, String>, Error> {
        let (mut open, mut returned) = (BTreeSet::new(), HashMap::new());
        for message in messages {
            while open.len() >= WINDOW {
                self.answer(&mut open, &mut returned).await?;
            }
            self.send(message).await?;
            open.insert(self.last_tag);
        }
        while !open.is_empty() {
            self.answer(&mut open, &mut returned).await?;
        }
        Ok(returned)
    }

    async fn send(&mut self, message: Message<'_>) -> Result<(), Error> {
        let Message { exchange, routing_key, message_id, headers, body } = message;
        if !exchange.is_empty() && !self.exchanges.contains(exchange) {
            topology::declare_exchange(&self.channel, exchange).await?;
            self.exchanges.insert(exchange.to_owned());
        }
        let properties = BasicProperties::default()
            .with_content_type("application/json")
            .with_persistence(true)
            .with_message_id(&message_id)
            .with_headers(table(headers))
            .finish();
        let to = BasicPublishArguments::new(exchange, routing_key).mandatory(true).finish();
        self.channel.basic_publish(properties, body, to).await.map_err(failed)?;
        self.last_tag += 1;
        Ok(())
    }

    /// Takes one answer. Confirms may come one by one or for all up to a tag, and in any order.
    async fn answer(
        &mut self,
        open: &mut BTreeSet<u64>,
        returned: &mut HashMap<String, String>,
    ) -> Result<(), Error> {
        let failed = |reason: &str| Err(Error::internal("rabbitmq", reason));
        match tokio::time::timeout(CONFIRM_TIMEOUT, self.answers.recv()).await {
            Ok(Some(Answer::Confirmed { tag, multiple: false })) => drop(open.remove(&tag)),
            Ok(Some(Answer::Confirmed { tag, multiple: true })) => {
                *open = open.split_off(&(tag + 1));
            }
            Ok(Some(Answer::Returned { message_id, reason })) => {
                returned.insert(message_id, reason);
            }
            Ok(Some(Answer::Refused)) => return failed("the broker refused a message"),
            Ok(Some(Answer::Closed(reason))) => return failed(&reason),
            Ok(None) => return failed("connection lost"),
            Err(_) => return failed("no confirm in time"),
        }
        Ok(())
    }

    /// Whether it can be used.
    pub fn is_open(&self) -> bool {
        self.connection.is_open() && self.channel.is_open()
    }

    /// Ends the connection in order.
    pub async fn close(self) {
        let _ = self.channel.close().await;
        let _ = self.connection.close().await;
    }
}

/// Texts as a table of headers; names longer than AMQP allows are left out.
fn table(headers: BTreeMap<String, String>) -> FieldTable {
    let mut table = FieldTable::new();
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (name.try_into(), value.try_into()) {
            table.insert(name, FieldValue::S(value));
        }
    }
    table
}

struct Listener(mpsc::UnboundedSender<Answer>);

impl Listener {
    /// Nobody listens any more when the publisher is gone.
    fn tell(&self, answer: Answer) {
        let _ = self.0.send(answer);
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ChannelCallback for Listener {
    async fn close(
        &mut self,
        _: &Channel,
        close: CloseChannel,
    ) -> Result<(), amqprs::error::Error> {
        self.tell(Answer::Closed(close.to_string()));
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> Result<bool, amqprs::error::Error> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        self.tell(Answer::Confirmed { tag: ack.delivery_tag(), multiple: ack.mutiple() });
    }

    async fn publish_nack(&mut self, _: &Channel, _: Nack) {
        self.tell(Answer::Refused);
    }

    async fn publish_return(
        &mut self,
        _: &Channel,
        returned: Return,
        properties: BasicProperties,
        _: Vec<u8>,
    ) {
        let message_id = properties.message_id().cloned().unwrap_or_default();
        self.tell(Answer::Returned { message_id, reason: returned.to_string() });
    }
}
