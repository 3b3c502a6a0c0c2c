//! Channels that tell why the broker closed them. The client library only says that they are closed.

use std::sync::{Arc, OnceLock};

use amqprs::callbacks::ChannelCallback;
use amqprs::channel::{
    Channel, ExchangeDeclareArguments, ExchangeType, QueueBindArguments, QueueDeclareArguments,
};
use amqprs::connection::Connection;
use amqprs::{Ack, BasicProperties, Cancel, CloseChannel, Nack, Return};

use super::topology::failed;
use crate::core::error::Error;

const NO_ROUTE: u16 = 312;
const NOT_FOUND: u16 = 404;

/// Why the broker refused something, in its own words.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub(super) struct Refusal {
    code: u16,
    text: String,
}

impl Refusal {
    /// The broker took a message and could not keep it.
    pub fn unkept() -> Self {
        let text = "the broker could not keep a message: is a queue full?".to_owned();
        Self { code: 0, text }
    }

    /// In one word: the argument that differs from ours, or else what kind of refusal it is.
    pub fn cause(&self) -> &str {
        let argument = self.text.split_once("inequivalent arg '");
        if let Some((argument, _)) = argument.and_then(|(_, rest)| rest.split_once('\'')) {
            return argument;
        }
        match self.code {
            0 => "unkept",
            NO_ROUTE | NOT_FOUND => "missing",
            403 => "access",
            405 => "exclusive",
            _ => "refused",
        }
    }

    /// Whether the thing does not exist.
    pub fn is_absence(&self) -> bool {
        self.code == NOT_FOUND
    }

    /// Whether the thing exists with other arguments, as opposed to: may not be used.
    pub fn is_difference(&self) -> bool {
        self.text.contains("inequivalent arg '")
    }
}

impl From<&CloseChannel> for Refusal {
    fn from(close: &CloseChannel) -> Self {
        Self { code: close.reply_code(), text: close.reply_text().clone() }
    }
}

impl From<&Return> for Refusal {
    fn from(returned: &Return) -> Self {
        Self { code: returned.reply_code(), text: returned.reply_text().clone() }
    }
}

/// Why a channel ended, as far as the broker ended it.
#[derive(Clone, Default)]
pub(super) struct Ending(Arc<OnceLock<Refusal>>);

impl Ending {
    /// `None` while the channel is open, and when its connection was lost.
    pub fn refusal(&self) -> Option<Refusal> {
        self.0.get().cloned()
    }

    /// What went wrong on the channel: the broker's words if it closed it.
    pub fn explain(&self, error: amqprs::error::Error) -> Error {
        match self.refusal() {
            Some(refusal) => Error::internal("rabbitmq", refusal),
            None => failed(error),
        }
    }
}

/// Opens a channel.
///
/// # Errors
/// The connection is lost.
pub(super) async fn open(connection: &Connection) -> Result<(Channel, Ending), Error> {
    let channel = connection.open_channel(None).await.map_err(failed)?;
    let ending = Ending::default();
    channel.register_callback(Listener(ending.clone())).await.map_err(failed)?;
    Ok((channel, ending))
}

/// Something that is declared at the broker. Passive = it only has to be there.
#[derive(Debug, Clone, Copy)]
pub(super) enum Declaration<'a> {
    Exchange { name: &'a str, passive: bool },
    Queue { name: &'a str, passive: bool },
    Binding { queue: &'a str, exchange: &'a str, key: &'a str },
}

impl Declaration<'_> {
    /// Declares it on a channel of its own, which a refusal ends; of a queue the number of messages.
    ///
    /// # Errors
    /// The connection is lost.
    pub async fn make(self, connection: &Connection) -> Result<Result<u32, Refusal>, Error> {
        let (channel, ending) = open(connection).await?;
        let made = match self {
            Self::Exchange { name, passive } => {
                let mut declare = ExchangeDeclareArguments::of_type(name, ExchangeType::Direct);
                declare.durable(true).passive(passive);
                channel.exchange_declare(declare).await.map(|()| 0)
            }
            Self::Queue { name, passive } => {
                let mut declare = QueueDeclareArguments::durable_client_named(name);
                declare.passive(passive);
                let declared = channel.queue_declare(declare).await;
                declared.map(|declared| declared.map_or(0, |(_, messages, _)| messages))
            }
            Self::Binding { queue, exchange, key } => {
                channel.queue_bind(QueueBindArguments::new(queue, exchange, key)).await.map(|()| 0)
            }
        };
        match (made, ending.refusal()) {
            (Ok(messages), _) => {
                let _ = channel.close().await;
                Ok(Ok(messages))
            }
            (Err(_), Some(refusal)) => Ok(Err(refusal)),
            (Err(error), None) => Err(failed(error)),
        }
    }
}

struct Listener(Ending);

#[sea_orm::prelude::async_trait::async_trait]
impl ChannelCallback for Listener {
    async fn close(
        &mut self,
        _: &Channel,
        close: CloseChannel,
    ) -> Result<(), amqprs::error::Error> {
        let _ = self.0.0.set(Refusal::from(&close));
        Ok(())
    }

    async fn cancel(&mut self, _: &Channel, _: Cancel) -> Result<(), amqprs::error::Error> {
        Ok(())
    }

    async fn flow(&mut self, _: &Channel, active: bool) -> Result<bool, amqprs::error::Error> {
        Ok(active)
    }

    async fn publish_ack(&mut self, _: &Channel, _: Ack) {}

    async fn publish_nack(&mut self, _: &Channel, _: Nack) {}

    async fn publish_return(&mut self, _: &Channel, _: Return, _: BasicProperties, _: Vec<u8>) {}
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_refusal_names_the_argument_that_differs() {
        let of = |code, text: &str| Refusal { code, text: text.to_owned() }.cause().to_owned();
        let ttl =
            "PRECONDITION_FAILED - inequivalent arg 'x-message-ttl' for queue 'a' in vhost '/'";
        assert_eq!(of(406, ttl), "x-message-ttl");
        assert_eq!(of(403, "ACCESS_REFUSED - configure access to queue 'a' refused"), "access");
        assert_eq!(of(404, "NOT_FOUND - no queue 'a' in vhost '/'"), "missing");
        assert_eq!(of(541, "INTERNAL_ERROR"), "refused");
    }
}
