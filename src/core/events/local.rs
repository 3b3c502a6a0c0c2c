//! Delivery without a broker: events go straight from the outbox to the handlers of this process.

use std::collections::HashMap;

use bytes::Bytes;
use futures_util::{TryStreamExt as _, stream};

use super::carrier::headers;
use super::dead_letter;
use super::delivery::Delivery;
use super::outbox::Event;
use super::process::{self, Outcome};
use super::subscription::{Subscription, Work};
use super::topology::Topology;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// Aggregates whose events are handled at the same time.
const CONCURRENCY: usize = 8;

/// Hands every event to every handler that is bound to its topic; an event that none is bound to is
/// counted and gone. Events of one aggregate are handled in their order.
///
/// # Errors
/// A dead letter could not be stored, or PostgreSQL is out of reach.
pub(super) async fn deliver(
    stores: &Stores,
    topology: &Topology,
    events: &[Event],
) -> Result<(), Error> {
    for subscription in &topology.subscriptions {
        if let Work::Batch(batching) = &subscription.work {
            let bound = events.iter().filter(|event| is_bound(subscription, event));
            batch(stores, (subscription, batching.rows), bound.map(delivery).collect()).await?;
        }
    }
    let groups = by_aggregate(events).into_iter().map(Ok);
    let handled = stream::iter(groups).try_for_each_concurrent(CONCURRENCY, |group| async {
        for event in group {
            handle(stores, topology, event).await?;
        }
        Ok(())
    });
    handled.await
}

fn by_aggregate(events: &[Event]) -> Vec<Vec<&Event>> {
    let mut groups: Vec<Vec<&Event>> = Vec::new();
    let mut places: HashMap<&str, usize> = HashMap::new();
    for event in events {
        let place = match event.order_key.as_str() {
            "" => groups.len(),
            key => *places.entry(key).or_insert(groups.len()),
        };
        match groups.get_mut(place) {
            Some(group) => group.push(event),
            None => groups.push(vec![event]),
        }
    }
    groups
}

/// Hands events to a handler of many. Those behind one that could not be handled come again with it.
async fn batch(
    stores: &Stores,
    (subscription, rows): (&Subscription, usize),
    deliveries: Vec<Delivery>,
) -> Result<(), Error> {
    for some in deliveries.chunks(rows) {
        let some: Vec<&Delivery> = some.iter().collect();
        let outcomes = process::deliver_all(stores, subscription, &some).await;
        for (delivery, outcome) in some.into_iter().zip(outcomes) {
            settle(stores, subscription, delivery, outcome).await?;
        }
    }
    Ok(())
}

async fn handle(stores: &Stores, topology: &Topology, event: &Event) -> Result<(), Error> {
    let delivery = delivery(event);
    let mut heard = false;
    for subscription in topology.subscriptions.iter().filter(|one| is_bound(one, event)) {
        heard = true;
        if !matches!(subscription.work, Work::Batch(_)) {
            let outcome = process::deliver(stores, subscription, &delivery).await;
            settle(stores, subscription, &delivery, outcome).await?;
        }
    }
    if !heard {
        let topic = event.topic.as_str();
        let unheard = stores.metrics.events.unheard.with_label_values(&[topic]);
        unheard.inc();
        if unheard.get() == 1 {
            tracing::warn!(topic, "nobody listens to such events: they are counted and dropped");
        }
    }
    Ok(())
}

fn is_bound(subscription: &Subscription, event: &Event) -> bool {
    event.route().is_some_and(|(exchange, key)| subscription.queue.takes(exchange, key))
}

fn delivery(event: &Event) -> Delivery {
    Delivery {
        message_id: Some(event.message_id.to_string()),
        headers: headers(event),
        body: Bytes::from(event.payload.clone()),
    }
}

async fn settle(
    stores: &Stores,
    subscription: &Subscription,
    delivery: &Delivery,
    outcome: Outcome,
) -> Result<(), Error> {
    match outcome {
        Outcome::Done | Outcome::Duplicate => Ok(()),
        Outcome::Dead { reason, attempts } => {
            let queue = subscription.queue.name;
            dead_letter::store(stores, queue, delivery, &reason, attempts).await
        }
        Outcome::Away(reason) => Err(Error::internal("handler", reason)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_grouped_by_aggregate_in_their_order() {
        let event = |id, key: &str| Event {
            id,
            message_id: uuid::Uuid::nil(),
            topic: String::new(),
            order_key: key.to_owned(),
            headers: serde_json::Value::Null,
            payload: String::new(),
            attempts: 0,
            created_at: chrono::DateTime::UNIX_EPOCH,
        };
        let events = [event(1, "a"), event(2, ""), event(3, "b"), event(4, "a"), event(5, "")];
        let ids: Vec<Vec<i64>> = by_aggregate(&events)
            .iter()
            .map(|group| group.iter().map(|event| event.id).collect())
            .collect();
        assert_eq!(ids, [vec![1, 4], vec![2], vec![3], vec![5]]);
    }
}
