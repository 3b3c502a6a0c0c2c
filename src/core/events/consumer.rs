//! Messages of the broker: every subscription has a channel of its own on one shared connection.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, BuildHasherDefault, DefaultHasher};
use std::sync::Arc;
use std::time::{Duration, Instant};

use amqprs::channel::{
    BasicAckArguments, BasicCancelArguments, BasicConsumeArguments, BasicQosArguments, Channel,
    ConsumerMessage,
};
use amqprs::connection::Connection;
use amqprs::{BasicProperties, FieldValue};
use bytes::Bytes;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio_util::sync::CancellationToken;

use super::backoff::Backoff;
use super::batch::{self, Batching};
use super::channel;
use super::dead_letter::DeadLetters;
use super::delivery::{Delivery, MESSAGE_ID, ORDER_KEY};
use super::holds::LOOK_AGAIN;
use super::process::{self, Outcome};
use super::subscription::{Subscription, Work};
use super::topology::{self, Topology, failed};
use super::unreadable;
use crate::core::db::amqp::Amqp;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// A connection that ends sooner may have met a message that cannot be read.
const EARLY: Duration = Duration::from_secs(10);
/// So many in a row have.
const SUSPICIOUS: u32 = 3;
/// Pause before a queue whose channel the broker closed is listened to again.
const CHANNEL_PAUSE: Duration = Duration::from_secs(1);

/// Listens to all subscriptions until `stop`; what is in work is finished, the rest goes back.
pub(super) async fn run(
    stores: Stores,
    amqp: Amqp,
    topology: Arc<Topology>,
    stop: CancellationToken,
) {
    let dead_letters = Arc::new(DeadLetters::new(amqp.clone()));
    let mut backoff = Backoff::default();
    let mut early_ends = 0;
    while !stop.is_cancelled() {
        match amqp.connect().await {
            Ok(connection) => {
                backoff.reset();
                let began = Instant::now();
                let queues = topology.subscriptions.iter().map(|subscription| Listener {
                    stores: stores.clone(),
                    subscription: subscription.clone(),
                    connection: connection.clone(),
                    dead_letters: Arc::clone(&dead_letters),
                    stop: stop.clone(),
                });
                queues.map(Listener::run).collect::<JoinSet<()>>().join_all().await;
                let _ = connection.close().await;
                early_ends = if began.elapsed() < EARLY { early_ends + 1 } else { 0 };
            }
            Err(error) => backoff.report(&stores, &error, "cannot listen"),
        }
        if early_ends >= SUSPICIOUS && !stop.is_cancelled() {
            early_ends = 0;
            for subscription in &topology.subscriptions {
                let queue = subscription.queue.name;
                let in_hand = subscription.in_hand().into();
                if let Err(error) = unreadable::remove(&amqp, (queue, in_hand), &dead_letters).await
                {
                    tracing::warn!(%error, queue, "cannot look for unreadable messages");
                }
            }
        }
        backoff.wait(&stop).await;
    }
    dead_letters.close().await;
}

/// Listens to one queue over one connection.
struct Listener {
    stores: Stores,
    subscription: Subscription,
    connection: Connection,
    dead_letters: Arc<DeadLetters>,
    stop: CancellationToken,
}

/// A message that waits for its lane.
struct Incoming {
    tag: u64,
    delivery: Delivery,
}

impl Incoming {
    fn has_sender_of(&self, other: &Self) -> bool {
        self.delivery.has_sender_of(&other.delivery)
    }
}

impl Listener {
    async fn run(self) {
        let this = Arc::new(self);
        while this.connection.is_open() && !this.stop.is_cancelled() {
            let pause = match Arc::clone(&this).listen().await {
                Ok(()) => CHANNEL_PAUSE,
                Err(error) if this.connection.is_open() => {
                    let part = this.part();
                    this.stores.health.degraded(&part, "refused", &error.to_string());
                    LOOK_AGAIN
                }
                Err(error) => {
                    let queue = this.subscription.queue.name;
                    tracing::warn!(%error, queue, "cannot listen to this queue");
                    CHANNEL_PAUSE
                }
            };
            let _ = this.stop.run_until_cancelled(tokio::time::sleep(pause)).await;
        }
    }

    /// Its name in the health of the process.
    fn part(&self) -> String {
        format!("listener {}", self.subscription.queue.name)
    }

    /// Until the channel ends or the process stops.
    async fn listen(self: Arc<Self>) -> Result<(), Error> {
        let (channel, tag, mut messages) = self.open().await?;
        self.stores.health.restored(&self.part());
        let channel = Arc::new(channel);
        let ended = CancellationToken::new();
        let mut running = JoinSet::new();
        let mut lanes = Vec::new();
        for _ in 0..self.subscription.concurrency {
            let (sender, receiver) = mpsc::unbounded_channel();
            lanes.push(sender);
            let lane = Arc::clone(&self).lane(Arc::clone(&channel), receiver, ended.clone());
            running.spawn(lane);
        }
        let mut turn = 0;
        loop {
            let message = tokio::select! {
                message = messages.recv() => message,
                () = self.stop.cancelled() => None,
                () = ended.cancelled() => None,
            };
            let Some(incoming) = message.and_then(incoming) else { break };
            turn += 1;
            let lane = place(&incoming.delivery, self.subscription.ordered_by, turn) % lanes.len();
            if let Some(lane) = lanes.get(lane) {
                let _ = lane.send(incoming);
            }
        }
        ended.cancel();
        if channel.is_open() {
            let _ = channel.basic_cancel(BasicCancelArguments::new(&tag)).await;
        }
        drop(lanes);
        running.join_all().await;
        if let Some(channel) = Arc::into_inner(channel) {
            let _ = channel.close().await;
        }
        Ok(())
    }

    async fn open(
        &self,
    ) -> Result<(Channel, String, mpsc::UnboundedReceiver<ConsumerMessage>), Error> {
        let queue = &self.subscription.queue;
        let health = &self.stores.health;
        // Whatever is wrong with it is in the health; what can be listened to is listened to.
        topology::queue(&self.connection, queue, health).await?;
        topology::dead_letters(&self.connection, queue.name, health).await?;
        let (channel, ending) = channel::open(&self.connection).await?;
        let refused = |error| ending.explain(error);
        let in_hand = self.subscription.in_hand();
        channel.basic_qos(BasicQosArguments::new(0, in_hand, false)).await.map_err(refused)?;
        let consume = BasicConsumeArguments::new(queue.name, "").manual_ack(true).finish();
        let (tag, messages) = channel.basic_consume_rx(consume).await.map_err(refused)?;
        Ok((channel, tag, messages))
    }

    /// Handles messages one after the other, those of one sender together where they may. A message is
    /// acknowledged once its effect is committed or it is a stored dead letter; otherwise the channel
    /// ends and it comes again.
    async fn lane(
        self: Arc<Self>,
        channel: Arc<Channel>,
        mut messages: mpsc::UnboundedReceiver<Incoming>,
        ended: CancellationToken,
    ) {
        let mut next = None;
        loop {
            let first = match next.take() {
                Some(first) => first,
                None => match messages.recv().await {
                    Some(first) => first,
                    None => return,
                },
            };
            if ended.is_cancelled() {
                return;
            }
            if let Work::Batch(batching) = &self.subscription.work {
                let batch = self.collect(first, batching, &mut messages, &ended).await;
                // What was collected at a stop is flushed, unless nobody would hear of it.
                if !channel.is_open() || self.flush(&channel, &batch).await.is_err() {
                    ended.cancel();
                    return;
                }
                continue;
            }
            let mut batch = vec![first];
            while batch.len() < self.subscription.together {
                match messages.try_recv() {
                    Ok(one) if batch.first().is_some_and(|first| one.has_sender_of(first)) => {
                        batch.push(one);
                    }
                    Ok(other) => {
                        next = Some(other);
                        break;
                    }
                    Err(_) => break,
                }
            }
            if let Err(error) = self.handle(&channel, &batch).await {
                let queue = self.subscription.queue.name;
                tracing::warn!(%error, queue, "a message could not be settled and comes again");
                ended.cancel();
                return;
            }
        }
    }

    /// Waits for more messages, until there are enough or the first one has waited for long enough.
    async fn collect(
        &self,
        first: Incoming,
        batching: &Batching,
        messages: &mut mpsc::UnboundedReceiver<Incoming>,
        ended: &CancellationToken,
    ) -> Vec<Incoming> {
        let collected = &self.stores.metrics.events.collected;
        let collected = collected.with_label_values(&[self.subscription.name]);
        let due = tokio::time::Instant::now() + batching.age;
        let mut bytes = first.delivery.body.len();
        let mut batch = vec![first];
        collected.inc();
        while batch.len() < batching.rows && bytes < batch::BYTES {
            let next = tokio::select! {
                biased;
                next = messages.recv() => next,
                () = ended.cancelled() => None,
                () = tokio::time::sleep_until(due) => None,
            };
            let Some(next) = next else { break };
            bytes += next.delivery.body.len();
            batch.push(next);
            collected.inc();
        }
        collected.sub(i64::try_from(batch.len()).unwrap_or_default());
        batch
    }

    async fn flush(&self, channel: &Channel, batch: &[Incoming]) -> Result<(), Error> {
        let deliveries: Vec<&Delivery> = batch.iter().map(|one| &one.delivery).collect();
        let outcomes = process::deliver_all(&self.stores, &self.subscription, &deliveries).await;
        let is_alone = self.subscription.concurrency == 1;
        let settled = |one: &Outcome| matches!(one, Outcome::Done | Outcome::Duplicate);
        if let Some(last) = batch.last().filter(|_| is_alone && outcomes.iter().all(settled)) {
            // Nobody else has messages of this channel: all up to here are done.
            let ack = BasicAckArguments::new(last.tag, true);
            return channel.basic_ack(ack).await.map_err(failed);
        }
        for (Incoming { tag, delivery }, outcome) in batch.iter().zip(outcomes) {
            self.settle(channel, *tag, delivery, outcome).await?;
        }
        Ok(())
    }

    async fn handle(&self, channel: &Channel, batch: &[Incoming]) -> Result<(), Error> {
        let deliveries: Vec<&Delivery> = batch.iter().map(|one| &one.delivery).collect();
        let together = batch.len() > 1
            && process::deliver_together(&self.stores, &self.subscription, &deliveries).await;
        for Incoming { tag, delivery } in batch {
            let outcome = if together {
                Outcome::Done
            } else {
                process::deliver(&self.stores, &self.subscription, delivery).await
            };
            self.settle(channel, *tag, delivery, outcome).await?;
        }
        Ok(())
    }

    async fn settle(
        &self,
        channel: &Channel,
        tag: u64,
        delivery: &Delivery,
        outcome: Outcome,
    ) -> Result<(), Error> {
        match outcome {
            Outcome::Done | Outcome::Duplicate => {}
            Outcome::Dead { reason, attempts } => {
                let queue = self.subscription.queue.name;
                self.dead_letters.send(queue, delivery, &reason, attempts).await?;
            }
            Outcome::Away(reason) => return Err(Error::internal("handler", reason)),
        }
        channel.basic_ack(BasicAckArguments::new(tag, false)).await.map_err(failed)
    }
}

/// Messages of one aggregate share a lane; others take turns.
fn place(delivery: &Delivery, ordered_by: Option<&str>, turn: usize) -> usize {
    let named = delivery.header(ORDER_KEY).map(str::to_owned);
    match named.or_else(|| member(&delivery.body, ordered_by?)) {
        None => turn,
        Some(key) => {
            let hash = BuildHasherDefault::<DefaultHasher>::default().hash_one(key);
            usize::try_from(hash & u64::from(u32::MAX)).unwrap_or_default()
        }
    }
}

/// A text of the body.
fn member(body: &[u8], name: &str) -> Option<String> {
    let body: serde_json::Value = serde_json::from_slice(body).ok()?;
    Some(body.get(name)?.as_str()?.trim().to_owned())
}

fn incoming(message: ConsumerMessage) -> Option<Incoming> {
    let tag = message.deliver?.delivery_tag();
    let properties = message.basic_properties.unwrap_or_default();
    Some(Incoming { tag, delivery: delivery(&properties, message.content.unwrap_or_default()) })
}

/// A message as handlers see it: headers are texts, or the first of a list of texts.
pub(super) fn delivery(properties: &BasicProperties, body: Vec<u8>) -> Delivery {
    let table = properties.headers().map(|table| table.as_ref().iter());
    let headers = table.into_iter().flatten().filter_map(|(name, value)| {
        let text = match value {
            FieldValue::S(text) => text.as_ref().clone(),
            FieldValue::A(list) => first_text(list)?,
            _ => return None,
        };
        Some((name.as_ref().to_lowercase(), text))
    });
    let headers: BTreeMap<String, String> = headers.collect();
    let id = headers.get(MESSAGE_ID).or_else(|| properties.message_id());
    let message_id = id.filter(|id| !id.is_empty()).cloned();
    Delivery { message_id, headers, body: Bytes::from(body) }
}

fn first_text(list: &amqprs::FieldArray) -> Option<String> {
    let values: Vec<FieldValue> = list.clone().into();
    match values.into_iter().next()? {
        FieldValue::S(text) => Some(text.into()),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn messages_of_one_aggregate_share_a_lane() {
        let of = |body: &'static str| Delivery { body: body.into(), ..Delivery::default() };
        let (one, again) = (of(r#"{"ig_id": "7", "name": "a"}"#), of(r#"{"ig_id": " 7"}"#));
        let lane = |delivery: &Delivery, turn| place(delivery, Some("ig_id"), turn);
        assert_eq!(lane(&one, 1), lane(&again, 2));
        for other in ["no json", r#"{"ig_id": 7}"#, "{}"] {
            assert_eq!(lane(&of(other), 5), 5, "{other}");
        }
        assert_eq!(place(&one, None, 5), 5);
    }
}
