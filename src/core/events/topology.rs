//! Exchanges, queues and bindings, declared at every connection so that a broker that lost them gets
//! them again.

use amqprs::channel::{
    Channel, ExchangeDeclareArguments, ExchangeType, QueueBindArguments, QueueDeclareArguments,
};

use super::subscription::{Queue, Subscription};
use crate::core::error::Error;

/// What a process listens to, and who listens to what it publishes.
#[derive(Default)]
pub struct Topology {
    /// Queues with their handlers.
    pub subscriptions: Vec<Subscription>,
    /// Queues of known consumers elsewhere: declared, so that events wait for them.
    pub publications: Vec<Queue>,
}

impl Topology {
    /// Every queue.
    pub(super) fn queues(&self) -> impl Iterator<Item = &Queue> {
        self.subscriptions.iter().map(|one| &one.queue).chain(&self.publications)
    }
}

/// Queue of the messages of `queue` that were given up.
pub(super) fn dead_letter_queue(queue: &str) -> String {
    format!("{queue}_dlq")
}

/// Declares a durable direct exchange.
pub(super) async fn declare_exchange(channel: &Channel, exchange: &str) -> Result<(), Error> {
    let declare =
        ExchangeDeclareArguments::of_type(exchange, ExchangeType::Direct).durable(true).finish();
    channel.exchange_declare(declare).await.map_err(failed)
}

/// Declares the queue with its exchange and bindings.
pub(super) async fn declare_queue(channel: &Channel, queue: &Queue) -> Result<(), Error> {
    declare_exchange(channel, queue.exchange).await?;
    let declare = QueueDeclareArguments::durable_client_named(queue.name);
    channel.queue_declare(declare).await.map_err(failed)?;
    for key in queue.keys() {
        let bind = QueueBindArguments::new(queue.name, queue.exchange, key);
        channel.queue_bind(bind).await.map_err(failed)?;
    }
    Ok(())
}

/// Declares the queue for the given-up messages of `queue`.
pub(super) async fn declare_dead_letters(channel: &Channel, queue: &str) -> Result<(), Error> {
    let declare = QueueDeclareArguments::durable_client_named(&dead_letter_queue(queue));
    channel.queue_declare(declare).await.map(drop).map_err(failed)
}

pub(super) fn failed(error: amqprs::error::Error) -> Error {
    Error::internal("rabbitmq", error)
}
