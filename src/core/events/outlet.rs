//! A channel that publishes and hears what the broker says about it.

use std::collections::BTreeMap;
use std::time::Duration;

use amqprs::callbacks::ChannelCallback;
use amqprs::channel::{BasicPublishArguments, Channel, ConfirmSelectArguments};
use amqprs::connection::Connection;
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, FieldTable, FieldValue, Nack, Return};
use tokio::sync::mpsc;

use super::channel::Refusal;
use super::publisher::{Left, Message};
use super::topology::failed;
use crate::core::error::Error;

/// Messages without an answer at the same time, which client and broker hold in memory.
const WINDOW: usize = 1000;
/// Longest wait for an answer of the broker.
const CONFIRM_TIMEOUT: Duration = Duration::from_secs(15);

/// A channel for the messages to one exchange.
pub(super) struct Outlet {
    channel: Channel,
    answers: mpsc::UnboundedReceiver<Answer>,
    /// Delivery tag of the last message.
    last_tag: u64,
}

/// What the broker says about published messages.
enum Answer {
    /// It has them, or could not keep them: the one with this tag, or all up to it.
    Settled {
        tag: u64,
        multiple: bool,
        kept: bool,
    },
    Returned {
        message_id: String,
        refusal: Refusal,
    },
    Closed(Refusal),
}

/// Messages without an answer, by tag: their ids.
type Open = BTreeMap<u64, String>;

impl Outlet {
    /// Opens a channel with confirms.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn open(connection: &Connection) -> Result<Self, Error> {
        let channel = connection.open_channel(None).await.map_err(failed)?;
        let (sender, answers) = mpsc::unbounded_channel();
        channel.register_callback(Listener(sender)).await.map_err(failed)?;
        channel.confirm_select(ConfirmSelectArguments::default()).await.map_err(failed)?;
        Ok(Self { channel, answers, last_tag: 0 })
    }

    /// Publishes messages and waits for all answers. Records in `left` what the broker did not store;
    /// returns why it closed the channel, if it did.
    ///
    /// # Errors
    /// The connection is lost, or the broker does not answer.
    pub async fn publish(
        &mut self,
        messages: Vec<Message<'_>>,
        left: &mut Left,
    ) -> Result<Option<Refusal>, Error> {
        let mut open = Open::new();
        for message in messages {
            while open.len() >= WINDOW {
                if let Some(closed) = self.answer(&mut open, left).await? {
                    return Ok(Some(closed));
                }
            }
            let id = message.message_id.clone();
            if let Err(error) = self.send(message).await {
                return match self.answer_to_broken_channel() {
                    Some(refusal) => Ok(Some(refusal)),
                    None => Err(error),
                };
            }
            open.insert(self.last_tag, id);
        }
        while !open.is_empty() {
            if let Some(closed) = self.answer(&mut open, left).await? {
                return Ok(Some(closed));
            }
        }
        Ok(None)
    }

    async fn send(&mut self, message: Message<'_>) -> Result<(), Error> {
        // The broker ends the whole connection for a message on a channel that it has closed.
        if !self.channel.is_open() {
            return Err(Error::internal("rabbitmq", "channel closed"));
        }
        let Message { exchange, routing_key, message_id, headers, body } = message;
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
    async fn answer(&mut self, open: &mut Open, left: &mut Left) -> Result<Option<Refusal>, Error> {
        let failed = |reason: &str| Err(Error::internal("rabbitmq", reason));
        match tokio::time::timeout(CONFIRM_TIMEOUT, self.answers.recv()).await {
            Ok(Some(Answer::Settled { tag, multiple, kept })) => {
                let settled = if multiple {
                    let later = open.split_off(&(tag + 1));
                    std::mem::replace(open, later)
                } else {
                    open.remove(&tag).map(|id| (tag, id)).into_iter().collect()
                };
                if !kept {
                    let unkept = settled.into_values().map(|id| (id, Refusal::unkept()));
                    left.unkept.extend(unkept);
                }
            }
            Ok(Some(Answer::Returned { message_id, refusal })) => {
                left.returned.insert(message_id, refusal);
            }
            Ok(Some(Answer::Closed(refusal))) => return Ok(Some(refusal)),
            Ok(None) => return failed("connection lost"),
            Err(_) => return failed("no confirm in time"),
        }
        Ok(None)
    }

    /// Why the broker closed the channel, if it did and not the connection was lost.
    fn answer_to_broken_channel(&mut self) -> Option<Refusal> {
        std::iter::from_fn(|| self.answers.try_recv().ok()).find_map(|answer| match answer {
            Answer::Closed(refusal) => Some(refusal),
            Answer::Settled { .. } | Answer::Returned { .. } => None,
        })
    }

    /// Ends the channel in order.
    pub async fn close(self) {
        let _ = self.channel.close().await;
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
    /// Nobody listens any more when the outlet is gone.
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
        self.tell(Answer::Closed(Refusal::from(&close)));
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> Result<bool, amqprs::error::Error> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, ack: Ack) {
        let (tag, multiple) = (ack.delivery_tag(), ack.mutiple());
        self.tell(Answer::Settled { tag, multiple, kept: true });
    }

    async fn publish_nack(&mut self, _: &Channel, nack: Nack) {
        let (tag, multiple) = (nack.delivery_tag(), nack.multiple());
        self.tell(Answer::Settled { tag, multiple, kept: false });
    }

    async fn publish_return(
        &mut self,
        _: &Channel,
        returned: Return,
        properties: BasicProperties,
        _: Vec<u8>,
    ) {
        let message_id = properties.message_id().cloned().unwrap_or_default();
        self.tell(Answer::Returned { message_id, refusal: Refusal::from(&returned) });
    }
}
