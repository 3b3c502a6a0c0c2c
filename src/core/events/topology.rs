//! Exchanges, queues and bindings. They are declared at every connection, so that a broker that lost
//! them gets them again; what is there already is used as it is, where no event can be lost.

use amqprs::connection::Connection;

use super::channel::{Declaration, Refusal};
use super::subscription::{Queue, Subscription};
use crate::core::error::Error;
use crate::core::health::Health;

/// Arguments without which a queue loses events when the broker restarts or a consumer leaves.
const VITAL: [&str; 3] = ["durable", "auto_delete", "exclusive"];

/// What a process listens to, and who listens to what it publishes.
#[derive(Default)]
pub struct Topology {
    /// Queues with their handlers.
    pub subscriptions: Vec<Subscription>,
    /// Queues of modules that are off: declared, so that their messages wait.
    pub resting: Vec<Queue>,
    /// Queues of known consumers elsewhere: declared, so that events wait for them.
    pub publications: Vec<Queue>,
}

impl Topology {
    /// Every queue.
    pub(super) fn queues(&self) -> impl Iterator<Item = &Queue> {
        let heard = self.subscriptions.iter().map(|one| &one.queue);
        heard.chain(&self.resting).chain(&self.publications)
    }

    /// Whether one of the queues takes what is published to this exchange with this key.
    pub(super) fn takes(&self, exchange: &str, key: &str) -> bool {
        self.queues().any(|queue| queue.takes(exchange, key))
    }

    /// Queues whose consumers are elsewhere: without a broker nobody gets their events.
    pub(super) fn unheard(&self) -> impl Iterator<Item = &Queue> {
        let heard = |queue: &Queue| self.subscriptions.iter().any(|one| one.queue == *queue);
        self.publications.iter().filter(move |queue| !heard(queue))
    }
}

/// What can be done with a queue.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Use {
    /// Everything.
    Full,
    /// It can be listened to, but what is published to it could be lost, or does not arrive.
    Listening,
    /// Nothing.
    None,
}

/// Queue of the messages of `queue` that were given up.
pub(super) fn dead_letter_queue(queue: &str) -> String {
    format!("{queue}_dlq")
}

/// Declares an exchange; one that is there will do.
///
/// # Errors
/// The connection is lost.
pub(super) async fn exchange(
    connection: &Connection,
    name: &str,
) -> Result<Result<(), Refusal>, Error> {
    let Err(refusal) = (Declaration::Exchange { name, passive: false }).make(connection).await?
    else {
        return Ok(Ok(()));
    };
    // Another type sends messages elsewhere.
    if refusal.cause() == "type" {
        return Ok(Err(refusal));
    }
    let there = Declaration::Exchange { name, passive: true }.make(connection).await?;
    Ok(there.map(drop).map_err(|_| refusal))
}

/// Declares the queue with its exchange and bindings, and records in `health` what differs.
///
/// # Errors
/// The connection is lost.
pub(super) async fn queue(
    connection: &Connection,
    queue: &Queue,
    health: &Health,
) -> Result<Use, Error> {
    let (usable, refusal) = declared(connection, queue).await?;
    let part = part_of_queue(queue.name);
    match refusal {
        Some(refusal) => health.degraded(&part, refusal.cause(), &refusal.to_string()),
        None => health.restored(&part),
    }
    Ok(usable)
}

/// What can be done with the queue, and what is wrong with it.
async fn declared(connection: &Connection, queue: &Queue) -> Result<(Use, Option<Refusal>), Error> {
    let own = named_queue(connection, queue.name).await?;
    let there = match &own {
        Ok(None) => Use::Full,
        Ok(Some(other)) if VITAL.contains(&other.cause()) => Use::Listening,
        Ok(Some(_)) => Use::Full,
        Err(refusal) => return Ok((Use::None, Some(refusal.clone()))),
    };
    if let Err(refusal) = exchange(connection, queue.exchange).await? {
        return Ok((Use::Listening, Some(refusal)));
    }
    for key in queue.keys() {
        let bind = Declaration::Binding { queue: queue.name, exchange: queue.exchange, key };
        // Who may not bind relies on bindings that somebody else made: the first event shows whether.
        let _ = bind.make(connection).await?;
    }
    Ok((there, own.ok().flatten()))
}

/// Declares a queue; one that is there will do. What differs in it.
async fn named_queue(
    connection: &Connection,
    name: &str,
) -> Result<Result<Option<Refusal>, Refusal>, Error> {
    let Err(refusal) = (Declaration::Queue { name, passive: false }).make(connection).await? else {
        return Ok(Ok(None));
    };
    let there = Declaration::Queue { name, passive: true }.make(connection).await?;
    Ok(match there {
        // A right that is not needed is not missed.
        Ok(_) => Ok(Some(refusal).filter(Refusal::is_difference)),
        Err(_) => Err(refusal),
    })
}

/// Declares the queue for the given-up messages of `queue`, and records in `health` what is wrong with
/// it.
///
/// # Errors
/// The connection is lost.
pub(super) async fn dead_letters(
    connection: &Connection,
    queue: &str,
    health: &Health,
) -> Result<(), Error> {
    let name = dead_letter_queue(queue);
    let part = part_of_queue(&name);
    match named_queue(connection, &name).await? {
        Ok(None) => health.restored(&part),
        Ok(Some(refusal)) | Err(refusal) => {
            health.degraded(&part, refusal.cause(), &refusal.to_string());
        }
    }
    Ok(())
}

/// Name of a queue in [`Health`].
pub(super) fn part_of_queue(name: &str) -> String {
    format!("queue {name}")
}

pub(super) fn failed(error: amqprs::error::Error) -> Error {
    Error::internal("rabbitmq", error)
}
