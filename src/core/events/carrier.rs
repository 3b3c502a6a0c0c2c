//! The way out of the outbox: the broker, or the handlers of this process.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde_json::Value;

use super::channel::Refusal;
use super::delivery::{MESSAGE_ID, ORDER_KEY};
use super::holds::Holds;
use super::local;
use super::outbox::Event;
use super::publisher::{Message, Publisher};
use super::subscription::Queue;
use super::topology::{self, Topology, Use};
use crate::core::error::Error;
use crate::core::health::Health;
use crate::core::stores::Stores;

/// Events that one claim hands to the broker.
const BROKER_BATCH: usize = 4000;
/// Events that one claim hands to handlers: a slow one keeps the rest of its batch waiting.
const LOCAL_BATCH: usize = 32;
/// Begins the names in [`Health`] of topics that the broker refuses.
const TOPIC: &str = "topic ";

/// Carries batches of events.
pub(super) enum Carrier {
    Broker { publisher: Publisher, stores: Stores, topology: Arc<Topology> },
    Process { stores: Stores, topology: Arc<Topology> },
}

/// What became of events that were not carried; all others were.
#[derive(Default)]
pub(super) struct Uncarried {
    /// Nothing takes them, for this reason.
    pub failed: Vec<(Event, String)>,
    /// What they need at the broker is not as it should be: they wait.
    pub held: Vec<Event>,
}

impl Carrier {
    /// The broker where one is configured, with everything declared that can be.
    ///
    /// # Errors
    /// The broker does not answer.
    pub async fn open(
        stores: &Stores,
        topology: &Arc<Topology>,
        holds: &Holds,
    ) -> Result<Self, Error> {
        let (stores, topology) = (stores.clone(), Arc::clone(topology));
        let carrier = match &stores.amqp {
            None => Self::Process { stores, topology },
            Some(amqp) => {
                Self::Broker { publisher: Publisher::open(amqp).await?, stores, topology }
            }
        };
        carrier.look(holds).await?;
        Ok(carrier)
    }

    /// Declares all queues, and holds the topics of those that events could not be left in: without a
    /// broker those of modules that are off.
    ///
    /// # Errors
    /// The broker does not answer.
    pub async fn look(&self, holds: &Holds) -> Result<(), Error> {
        let (publisher, stores, topology) = match self {
            Self::Broker { publisher, stores, topology } => (publisher, stores, topology),
            Self::Process { topology, .. } => {
                holds.found(topology.resting.iter().flat_map(topics_of).collect(), false);
                return Ok(());
            }
        };
        let mut topics = BTreeSet::new();
        for queue in topology.queues() {
            let usable = topology::queue(publisher.connection(), queue, &stores.health).await?;
            if usable != Use::Full {
                topics.extend(topics_of(queue));
            }
        }
        let parts = stores.health.list();
        let amiss = parts.iter().any(|fault| fault.part.starts_with(TOPIC))
            || topology.queues().any(|queue| {
                let part = topology::part_of_queue(queue.name);
                parts.iter().any(|fault| fault.part == part)
            });
        if holds.found(topics, amiss) {
            stores.outbox.wake();
        }
        Ok(())
    }

    /// Events to take at once.
    pub fn batch(&self) -> usize {
        match self {
            Self::Broker { .. } => BROKER_BATCH,
            Self::Process { .. } => LOCAL_BATCH,
        }
    }

    /// Carries the events, those of one aggregate and exchange in their order. Returns those that were
    /// not carried.
    ///
    /// # Errors
    /// Some may not have been carried: all have to be carried again.
    pub async fn carry(&mut self, events: &[Event]) -> Result<Uncarried, Error> {
        match self {
            Self::Broker { publisher, stores, topology } => {
                publish(publisher, topology, &stores.health, events).await
            }
            Self::Process { stores, topology } => {
                local::deliver(stores, topology, events).await.map(|()| Uncarried::default())
            }
        }
    }

    /// Ends the connection in order.
    pub async fn close(self) {
        if let Self::Broker { publisher, .. } = self {
            publisher.close().await;
        }
    }
}

fn topics_of(queue: &Queue) -> impl Iterator<Item = String> {
    queue.keys().map(|key| format!("{}___{key}", queue.exchange))
}

async fn publish(
    publisher: &mut Publisher,
    topology: &Topology,
    health: &Health,
    events: &[Event],
) -> Result<Uncarried, Error> {
    let mut uncarried = Uncarried::default();
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
            None => uncarried.failed.push((event.clone(), format!("not a topic: {}", event.topic))),
        }
    }
    let left = publisher.publish(messages).await?;
    let all_stored = left.is_empty();
    let mut stored = BTreeSet::new();
    for event in events {
        let Some((exchange, key)) = event.route() else { continue };
        if all_stored {
            stored.insert(event.topic.as_str());
            continue;
        }
        let id = event.message_id.to_string();
        match (left.again(exchange, &id), left.returned.get(&id)) {
            (Some(refusal), _) => hold(&mut uncarried, health, event, refusal),
            // Whoever waits for it gets it as soon as his queue is there again.
            (None, Some(refusal)) if topology.takes(exchange, key) => {
                hold(&mut uncarried, health, event, refusal);
            }
            (None, Some(refusal)) => uncarried.failed.push((event.clone(), refusal.to_string())),
            (None, None) => drop(stored.insert(event.topic.as_str())),
        }
    }
    for topic in stored {
        health.restored(&format!("{TOPIC}{topic}"));
    }
    Ok(uncarried)
}

fn hold(uncarried: &mut Uncarried, health: &Health, event: &Event, refusal: &Refusal) {
    let part = format!("{TOPIC}{}", event.topic);
    health.degraded(&part, refusal.cause(), &refusal.to_string());
    uncarried.held.push(event.clone());
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
