//! The listeners of the service on queues of the test's own, so that no other process takes its messages.

use std::collections::HashMap;
use std::time::{Duration, Instant};

use amqprs::channel::{
    BasicAckArguments, BasicGetArguments, BasicPublishArguments, ExchangeDeleteArguments,
    QueueDeclareArguments, QueueDeleteArguments,
};
use amqprs::connection::Connection;
use amqprs::{BasicProperties, FieldTable, FieldValue};
use coffee::core::config::Config;
use coffee::core::events::{self, Queue, Subscription, Topology};
use coffee::core::stores::Stores;
use coffee::core::tasks::Supervisor;
use coffee::modules::Modules;
use serde_json::{Map, Value};
use uuid::Uuid;

/// Longest time in which running handlers end.
const STOP: Duration = Duration::from_secs(10);
/// Longest time in which a message is handled, with all its attempts.
const HANDLED: Duration = Duration::from_secs(60);

/// The listeners, connected.
pub(super) struct Broker {
    stores: Stores,
    supervisor: Supervisor,
    connection: Connection,
    /// Begins the names of exchanges and queues.
    prefix: String,
    queues: Vec<Queue>,
    /// Names of the handlers, by queue in service.
    handlers: HashMap<String, &'static str>,
}

/// A message to publish.
pub(super) struct Publish<'a> {
    pub(super) exchange: &'a str,
    pub(super) routing_key: &'a str,
    pub(super) queue: &'a str,
    pub(super) headers: &'a Map<String, Value>,
    pub(super) body: &'a [u8],
    pub(super) id: &'a str,
}

/// A message that was given up.
pub(super) struct Letter {
    pub(super) headers: HashMap<String, String>,
    pub(super) body: Vec<u8>,
}

impl Broker {
    /// Listens to the queues of these names, and waits until it does.
    pub(super) async fn start(config: Config, queues: &[&str]) -> Self {
        let prefix = format!("test_{}_", Uuid::new_v4().simple());
        let stores = Stores::open(config).await.expect("stores open");
        let mut subscriptions =
            Modules::new(&stores.config).expect("modules").topology().subscriptions;
        subscriptions.retain(|one| queues.contains(&one.queue.name));
        assert_eq!(subscriptions.len(), queues.len(), "every queue has its handler");
        let handler = |one: &Subscription| (one.queue.name.to_owned(), one.name);
        let handlers = subscriptions.iter().map(handler).collect();
        for subscription in &mut subscriptions {
            subscription.queue = renamed(&subscription.queue, &prefix);
        }
        let queues = subscriptions.iter().map(|one| one.queue).collect();
        let topology = Topology { subscriptions, ..Topology::default() };
        let supervisor = Supervisor::new(1).expect("threads");
        events::start(&supervisor, &stores, topology, (false, true)).expect("listens");
        let connection = stores.amqp.as_ref().expect("configured").connect().await;
        let connection = connection.expect("the broker answers");
        let this = Self { stores, supervisor, connection, prefix, queues, handlers };
        for queue in &this.queues {
            until("somebody listens", async || {
                this.state(queue.name).await.is_some_and(|(_, consumers)| consumers > 0)
            })
            .await;
        }
        this
    }

    /// Publishes a message and waits until it is handled: the dead letter, if it became one.
    pub(super) async fn deliver(&self, message: &Publish<'_>) -> Option<Letter> {
        let handler = self.handlers.get(message.queue).expect("a handler");
        let handled = |result: &str| {
            let messages = &self.stores.metrics.events.messages;
            messages.with_label_values(&[*handler, result]).get()
        };
        let settled = || handled("done") + handled("duplicate") + handled("dead");
        let (before, dead) = (settled(), handled("dead"));
        let mut headers = FieldTable::new();
        for (name, value) in message.headers {
            headers.insert(name.as_str().try_into().expect("a short name"), field(value));
        }
        let mut properties = BasicProperties::default();
        properties.with_headers(headers).with_message_id(message.id).with_delivery_mode(2);
        let exchange = format!("{}{}", self.prefix, message.exchange);
        let to = BasicPublishArguments::new(&exchange, message.routing_key);
        let channel = self.connection.open_channel(None).await.expect("a channel");
        let body = message.body.to_vec();
        channel.basic_publish(properties.finish(), body, to).await.expect("published");
        until("the message is handled", async || settled() > before).await;
        if handled("dead") == dead {
            return None;
        }
        let name = format!("{}{}_dlq", self.prefix, message.queue);
        let stored = until("a dead letter is stored", async || {
            self.state(&name).await.is_some_and(|(messages, _)| messages > 0)
        });
        stored.await;
        let got = channel.basic_get(BasicGetArguments::new(&name)).await.expect("an answer");
        let (ok, properties, body) = got.expect("a message");
        let ack = BasicAckArguments::new(ok.delivery_tag(), false);
        channel.basic_ack(ack).await.expect("acknowledged");
        let table = properties.headers().map(|table| table.as_ref().iter());
        let text = |value: &FieldValue| match value {
            FieldValue::S(text) => text.as_ref().clone(),
            other => format!("{other:?}"),
        };
        let headers =
            table.into_iter().flatten().map(|(name, value)| (name.to_string(), text(value)));
        Some(Letter { headers: headers.collect(), body })
    }

    /// Stops the listeners and removes the queues: names of those that still hold a message.
    pub(super) async fn stop(self) -> Vec<&'static str> {
        self.supervisor.stop(STOP).await;
        let mut unsettled = Vec::new();
        for queue in &self.queues {
            if self.state(queue.name).await.is_none_or(|(messages, _)| messages > 0) {
                unsettled.push(queue.name);
            }
            let channel = self.connection.open_channel(None).await.expect("a channel");
            for name in [queue.name, &format!("{}_dlq", queue.name)] {
                let _ = channel.queue_delete(QueueDeleteArguments::new(name)).await;
            }
            let _ = channel.exchange_delete(ExchangeDeleteArguments::new(queue.exchange)).await;
        }
        unsettled
    }

    /// Messages and consumers of a queue; `None` where there is none.
    async fn state(&self, queue: &str) -> Option<(u32, u32)> {
        let channel = self.connection.open_channel(None).await.expect("a channel");
        let asked = QueueDeclareArguments::new(queue).passive(true).finish();
        let (_, messages, consumers) = channel.queue_declare(asked).await.ok()??;
        let _ = channel.close().await;
        Some((messages, consumers))
    }
}

/// The same queue under names of the test's own, bound with the keys that it has in service.
fn renamed(queue: &Queue, prefix: &str) -> Queue {
    let leaked =
        |name: &str| -> &'static str { Box::leak(format!("{prefix}{name}").into_boxed_str()) };
    let keys: Vec<&'static str> = queue.keys().collect();
    Queue::new(leaked(queue.exchange), leaked(queue.name))
        .bound_to(Box::leak(keys.into_boxed_slice()))
}

fn field(value: &Value) -> FieldValue {
    match value {
        Value::String(text) => FieldValue::S(text.as_str().try_into().expect("a text")),
        Value::Number(number) => FieldValue::l(number.as_i64().expect("a whole number")),
        Value::Array(list) => {
            let list: Vec<FieldValue> = list.iter().map(field).collect();
            FieldValue::A(list.try_into().expect("a short list"))
        }
        other => panic!("no header: {other}"),
    }
}

async fn until(what: &str, condition: impl AsyncFn() -> bool) {
    let deadline = Instant::now() + HANDLED;
    while !condition().await {
        assert!(Instant::now() < deadline, "never happened: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
