//! The way out of the outbox: the broker, or the handlers of this process.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;

use super::delivery::{MESSAGE_ID, ORDER_KEY};
use super::local;
use super::outbox::Event;
use super::publisher::{Message, Publisher};
use super::topology::{self, Topology};
use crate::core::error::Error;
use crate::core::stores::Stores;

/// Events that one claim hands to the broker.
const BROKER_BATCH: usize = 4000;
/// Events that one claim hands to handlers: a slow one keeps the rest of its batch waiting.
const LOCAL_BATCH: usize = 32;

/// Carries batches of events.
pub(super) enum Carrier {
    Broker(Publisher),
    Process { stores: Stores, topology: Arc<Topology> },
}

impl Carrier {
    /// The broker where one is configured, with everything declared.
    ///
    /// # Errors
    /// The broker does not answer.
    pub async fn open(stores: &Stores, topology: &Arc<Topology>) -> Result<Self, Error> {
        let Some(amqp) = &stores.amqp else {
            return Ok(Self::Process { stores: stores.clone(), topology: Arc::clone(topology) });
        };
        let publisher = Publisher::open(amqp).await?;
        for queue in topology.queues() {
            topology::declare_queue(publisher.channel(), queue).await?;
        }
        Ok(Self::Broker(publisher))
    }

    /// Events to take at once.
    pub fn batch(&self) -> usize {
        match self {
            Self::Broker(_) => BROKER_BATCH,
            Self::Process { .. } => LOCAL_BATCH,
        }
    }

    /// Carries the events, those of one aggregate in their order. Returns those that nothing takes,
    /// with the reason.
    ///
    /// # Errors
    /// Some may not have been carried: all have to be carried again.
    pub async fn carry(&mut self, events: &[Event]) -> Result<Vec<(Event, String)>, Error> {
        match self {
            Self::Broker(publisher) => publish(publisher, events).await,
            Self::Process { stores, topology } => {
                local::deliver(stores, topology, events).await.map(|()| Vec::new())
            }
        }
    }

    /// Ends the connection in order.
    pub async fn close(self) {
        if let Self::Broker(publisher) = self {
            publisher.close().await;
        }
    }
}

async fn publish(
    publisher: &mut Publisher,
    events: &[Event],
) -> Result<Vec<(Event, String)>, Error> {
    let mut failed = Vec::new();
    let mut messages = Vec::with_capacity(events.len());
    for event in events {
        match event.route() {
            Some((exchange, routing_key)) => messages.push(Message {
                exchange,
                routing_key,
                message_id: event.message_id.to_string(),
                headers: headers(event),
                body: event.payload.clone().into_bytes(),
            }),
            None => failed.push((event.clone(), format!("not a topic: {}", event.topic))),
        }
    }
    let mut returned = publisher.publish(messages).await?;
    if !returned.is_empty() {
        let mut reason = |event: &Event| returned.remove(&event.message_id.to_string());
        let events = events.iter();
        failed.extend(events.filter_map(|event| Some((event.clone(), reason(event)?))));
    }
    Ok(failed)
}

/// Headers of the message that an event becomes.
pub(super) fn headers(event: &Event) -> BTreeMap<String, String> {
    let texts = event.headers.as_object().into_iter().flatten();
    let texts = texts.filter_map(|(name, value)| match value {
        Value::String(text) => Some((name.to_lowercase(), text.clone())),
        _ => None,
    });
    let mut headers: BTreeMap<_, _> = texts.collect();
    headers.insert(MESSAGE_ID.to_owned(), event.message_id.to_string());
    if !event.order_key.is_empty() {
        headers.insert(ORDER_KEY.to_owned(), event.order_key.clone());
    }
    headers
}
