//! What happens after a commit: events leave the outbox, messages have their effect once.
//!
//! ```text
//! UnitOfWork::emit -> event_outbox -> relay -> carrier -> publisher -> broker -> consumer -> process
//!                                             `-> local (no broker) ------------------------^
//! ```
//!
//! - [`Subscription`]: one queue, its payload type and its handler, of one message or of many in a
//!   [`Batch`]; modules register theirs.
//! - [`Topology`]: all of them, and the queues of known consumers elsewhere.
//! - [`start`]: the background tasks of a process. [`deliver`], [`deliver_all`]: without
//!   a broker, for tests and tools.

mod backoff;
mod batch;
mod carrier;
mod channel;
mod consumer;
mod context;
mod dead_letter;
mod delivery;
mod holds;
mod local;
mod outbox;
mod outlet;
mod process;
mod publisher;
mod relay;
mod subscription;
mod topology;
mod unreadable;

use std::sync::Arc;

pub use batch::{Batch, BatchMessage};
pub use dead_letter::{DeadLetter, DeadLetterOffice, DeadQueue, Handled, Selection, Unhandled};
pub use delivery::{Attempt, Delivery, Failure};
pub use process::{Outcome, deliver, deliver_all};
pub use subscription::{Handler, Queue, Subscription, parse};
pub use topology::Topology;

use super::db::Purpose;
use super::error::Error;
use super::stores::Stores;
use super::tasks::Supervisor;
use relay::Relay;

/// Starts what the roles of the process ask for: the relay, the listeners, or both. Without a broker
/// the process with the listeners carries events to them itself.
///
/// # Errors
/// A bad address.
pub fn start(
    supervisor: &Supervisor,
    stores: &Stores,
    topology: Topology,
    (relays, listens): (bool, bool),
) -> Result<(), Error> {
    let stores = &stores.of(Purpose::Background);
    let topology = Arc::new(topology);
    if stores.amqp.is_none() && listens {
        for Queue { exchange, name, .. } in topology.unheard() {
            tracing::warn!(
                exchange,
                queue = name,
                "without a broker (COFFEE__AMQP__URL) nobody gets the events for this queue: they are \
                 counted in coffee_events_unheard_total and dropped"
            );
        }
    }
    let carries = if stores.amqp.is_some() { relays } else { listens };
    if carries {
        let relay = Arc::new(Relay::new(stores, Arc::clone(&topology))?);
        for _ in 0..stores.config.relay_lanes() {
            let relay = Arc::clone(&relay);
            supervisor.spawn("relay", move |stop| Arc::clone(&relay).lane(stop));
        }
        supervisor.spawn("outbox", move |stop| Arc::clone(&relay).watch(stop));
    } else {
        let stores = stores.clone();
        supervisor.spawn("announcer", move |stop| outbox::announce(stores.clone(), stop));
    }
    if let Some(amqp) = stores.amqp.clone().filter(|_| listens) {
        let stores = stores.clone();
        supervisor.spawn("listeners", move |stop| {
            consumer::run(stores.clone(), amqp.clone(), Arc::clone(&topology), stop)
        });
    }
    Ok(())
}
