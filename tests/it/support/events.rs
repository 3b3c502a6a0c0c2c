//! A queue of the test's own with a handler that does what its messages say.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use amqprs::channel::{
    BasicAckArguments, BasicGetArguments, BasicPublishArguments, Channel, QueueDeleteArguments,
};
use amqprs::connection::Connection;
use amqprs::{BasicProperties, FieldTable, FieldValue};
use coffee::core::caller::Caller;
use coffee::core::db::amqp::Amqp;
use coffee::core::error::{Code, Error};
use coffee::core::events::{Queue, Subscription, Topology};
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::FutureExt as _;
use sea_orm::ConnectionTrait as _;
use serde::Deserialize;
use serde_json::{Value, json};
use uuid::Uuid;

use super::TestApp;

const EXCHANGE: &str = "test.dx";

#[derive(Deserialize)]
struct Order {
    n: i64,
    /// What to do after the row is written.
    #[serde(default)]
    then: String,
}

/// An application that listens to a queue of its own.
pub struct EventBed {
    pub app: TestApp,
    pub queue: Queue,
    pub stores: Stores,
}

impl EventBed {
    pub async fn start(with_broker: bool) -> Self {
        Self::start_with(with_broker, "", |subscription| subscription).await
    }

    /// With the broker at this address.
    pub async fn start_at(broker: &str, change: impl FnOnce(Subscription) -> Subscription) -> Self {
        let queue = queue();
        let subscriptions = vec![change(subscription(queue))];
        let topology = Topology { subscriptions, ..Topology::default() };
        Self::of(TestApp::start_with_events_at(broker, "", topology).await, queue).await
    }

    /// With more configuration, and the subscription changed by `change`.
    pub async fn start_with(
        with_broker: bool,
        toml: &str,
        change: impl FnOnce(Subscription) -> Subscription,
    ) -> Self {
        let topology = Topology::default();
        Self::start_beside(with_broker, toml, change, topology).await
    }

    /// Beside other queues.
    pub async fn start_beside(
        with_broker: bool,
        toml: &str,
        change: impl FnOnce(Subscription) -> Subscription,
        mut topology: Topology,
    ) -> Self {
        let queue = queue();
        topology.subscriptions.push(change(subscription(queue)));
        Self::of(TestApp::start_with_events(with_broker, toml, topology).await, queue).await
    }

    async fn of(app: TestApp, queue: Queue) -> Self {
        app.execute("CREATE TABLE effect (id bigserial, n bigint, partner bigint)").await;
        app.execute("GRANT ALL ON effect, effect_id_seq TO coffee_app").await;
        let stores = Stores::open(app.config.clone()).await.expect("stores open");
        Self { app, queue, stores }
    }

    /// Deletes another queue that the test made.
    pub async fn delete(&self, queue: Queue) {
        delete(self.amqp(), queue.name).await;
    }

    /// Topic that the queue is bound to.
    pub fn topic(&self) -> &'static str {
        let key = self.queue.keys().next().expect("a key");
        Box::leak(format!("{EXCHANGE}___{key}").into_boxed_str())
    }

    /// Commits events of partner 10 for the queue in one transaction.
    pub async fn emit(&self, order_key: &str, payloads: &[Value]) {
        self.emit_to(self.topic(), order_key, payloads).await;
    }

    /// The same for a topic.
    pub async fn emit_to(&self, topic: &'static str, order_key: &str, payloads: &[Value]) {
        let unit = self.unit();
        for payload in payloads {
            let key = Some(order_key.to_owned());
            unit.emit(topic, key, payload).expect("emitted");
        }
        unit.commit().await.expect("committed");
    }

    /// A unit of work of partner 10.
    pub fn unit(&self) -> UnitOfWork {
        let caller = Caller {
            partner_id: Some(10),
            account_id: Some(55),
            user_id: Some(7),
            plan: Plan::Saas,
            ..Caller::default()
        };
        let deadline = Instant::now() + Duration::from_secs(10);
        UnitOfWork::new(self.stores.clone(), Arc::new(caller), deadline)
    }

    /// Effects so far, in the order of their commits.
    pub async fn effects(&self) -> Vec<i64> {
        let rows = self.app.value("SELECT json_agg(n ORDER BY id) FROM effect").await;
        rows.map_or_else(Vec::new, |rows| serde_json::from_str(&rows).expect("numbers"))
    }

    /// Waits until exactly these effects are there, in this order.
    pub async fn expect_effects(&self, expected: &[i64]) {
        self.within(30, &format!("effects {expected:?}"), async || {
            self.effects().await.len() >= expected.len()
        })
        .await;
        assert_eq!(self.effects().await, expected);
    }

    pub async fn within(&self, seconds: u64, what: &str, condition: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        while !condition().await {
            assert!(Instant::now() < deadline, "never happened: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Events that wait or are kept.
    pub async fn outbox(&self) -> i64 {
        let count = self.app.value("SELECT count(*) FROM event_outbox").await;
        count.expect("a count").parse().expect("a number")
    }

    /// Given-up messages so far: body, reason, attempts.
    pub async fn dead_letters(&self) -> Vec<(String, String, String)> {
        assert!(self.stores.amqp.is_none(), "kept by the broker");
        let rows = self
            .app
            .value("SELECT json_agg(json_build_array(convert_from(body, 'UTF8'), error, attempts::text) ORDER BY id) FROM dead_letter")
            .await;
        rows.map_or_else(Vec::new, |rows| serde_json::from_str(&rows).expect("rows"))
    }

    pub fn amqp(&self) -> &Amqp {
        self.stores.amqp.as_ref().expect("started with a broker")
    }

    /// Takes the next given-up message from the broker: headers and body.
    pub async fn dead_letter(&self) -> (HashMap<String, String>, Vec<u8>) {
        let name = format!("{}_dlq", self.queue.name);
        let deadline = Instant::now() + Duration::from_secs(30);
        loop {
            let (connection, channel) = channel(self.amqp()).await;
            let got = channel.basic_get(BasicGetArguments::new(&name)).await;
            if let Ok(Some((ok, properties, body))) = got {
                let ack = BasicAckArguments::new(ok.delivery_tag(), false);
                channel.basic_ack(ack).await.expect("acknowledged");
                close(connection, channel).await;
                return (headers(&properties), body);
            }
            close(connection, channel).await;
            assert!(Instant::now() < deadline, "no dead letter in {name}");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// Publishes a message to the queue as a stranger does.
    pub async fn publish(&self, headers: Vec<(&str, FieldValue)>, body: Vec<u8>) {
        let (connection, channel) = channel(self.amqp()).await;
        let mut table = FieldTable::new();
        for (name, value) in headers {
            table.insert(name.try_into().expect("a short name"), value);
        }
        let properties = BasicProperties::default().with_headers(table).finish();
        let to = BasicPublishArguments::new("", self.queue.name);
        channel.basic_publish(properties, body, to).await.expect("published");
        close(connection, channel).await;
    }
}

impl Drop for EventBed {
    fn drop(&mut self) {
        let Some(amqp) = self.stores.amqp.clone() else { return };
        let queue = self.queue.name;
        let clean = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("runtime").block_on(delete(&amqp, queue));
        };
        let _ = std::thread::spawn(clean).join();
    }
}

async fn delete(amqp: &Amqp, queue: &str) {
    let (connection, channel) = channel(amqp).await;
    for name in [queue.to_owned(), format!("{queue}_dlq")] {
        let _ = channel.queue_delete(QueueDeleteArguments::new(&name)).await;
    }
    close(connection, channel).await;
}

/// A header's text.
pub fn text(value: &str) -> FieldValue {
    FieldValue::S(value.try_into().expect("a text"))
}

/// A name that no other test uses.
pub fn queue() -> Queue {
    let name = format!("test_{}_q", Uuid::new_v4().simple());
    Queue::new(EXCHANGE, Box::leak(name.into_boxed_str()))
}

/// Writes a row per message, then does what the message says.
pub fn subscription(queue: Queue) -> Subscription {
    let seen: Arc<Mutex<HashMap<i64, u32>>> = Arc::default();
    Subscription::new(queue, "test", move |unit: &UnitOfWork, order: Order| {
        let attempt = {
            let mut seen = seen.lock().expect("no panic in here");
            let count = seen.entry(order.n).or_default();
            *count += 1;
            *count
        };
        handle(unit, order, attempt).boxed()
    })
    .deadline(Duration::from_millis(500))
}

async fn handle(unit: &UnitOfWork, order: Order, attempt: u32) -> Result<(), Error> {
    let partner = unit.caller().partner_id.unwrap_or_default();
    let insert = format!("INSERT INTO effect (n, partner) VALUES ({}, {partner})", order.n);
    unit.write().await?.execute_unprepared(&insert).await?;
    match order.then.as_str() {
        "refuse" => Err(Error::refused(Code::Conflict, "not this one")),
        "fail" => Err(Error::internal("test", "broken")),
        "fail twice" if attempt < 3 => Err(Error::internal("test", "broken for now")),
        "refuse once" if attempt < 2 => Err(Error::refused(Code::Conflict, "not this time")),
        "panic" => panic!("as the message says"),
        "hang" => std::future::pending().await,
        _ => Ok(()),
    }
}

/// `{"n": n}`
pub fn order(n: i64) -> Value {
    json!({"n": n})
}

/// `{"n": n, "then": then}`
pub fn order_then(n: i64, then: &str) -> Value {
    json!({"n": n, "then": then})
}

pub async fn channel(amqp: &Amqp) -> (Connection, Channel) {
    let connection = amqp.connect().await.expect("the broker");
    let channel = connection.open_channel(None).await.expect("a channel");
    (connection, channel)
}

pub async fn close(connection: Connection, channel: Channel) {
    let _ = channel.close().await;
    let _ = connection.close().await;
}

fn headers(properties: &BasicProperties) -> HashMap<String, String> {
    let table = properties.headers().map(|table| table.as_ref().iter());
    let texts = table.into_iter().flatten().filter_map(|(name, value)| match value {
        FieldValue::S(text) => Some((name.as_ref().clone(), text.as_ref().clone())),
        _ => None,
    });
    texts.collect()
}
