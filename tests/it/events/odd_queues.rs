//! Queues and exchanges that somebody declared in another way than we do. Only what depends on one of them
//! waits, everybody is told, and it heals when the operator mends the queue.

use amqprs::channel::{
    BasicGetArguments, Channel, ExchangeDeclareArguments, ExchangeDeleteArguments,
    QueueBindArguments, QueueDeclareArguments, QueueDeleteArguments, QueuePurgeArguments,
};
use amqprs::connection::Connection;
use amqprs::{FieldTable, FieldValue};
use coffee::core::db::amqp::Amqp;
use coffee::core::events::{Queue, Topology};
use serde_json::{Value, json};
use tokio::sync::Mutex;
use uuid::Uuid;

use crate::support::events::{EventBed, channel, order, subscription, text};

/// A queue with an exchange of its own that no other test uses.
fn odd_queue() -> Queue {
    let id = Uuid::new_v4().simple();
    let leaked = |text: String| -> &'static str { Box::leak(text.into_boxed_str()) };
    Queue::new(leaked(format!("odd_{id}.dx")), leaked(format!("odd_{id}_q")))
}

fn topic(queue: Queue) -> &'static str {
    let key = queue.keys().next().expect("a key");
    Box::leak(format!("{}___{key}", queue.exchange).into_boxed_str())
}

/// The operator, with a connection that stays.
struct Operator {
    amqp: Amqp,
    queue: Queue,
    connections: Mutex<Vec<Connection>>,
    open: Mutex<Option<Channel>>,
}

impl Operator {
    async fn new(queue: Queue) -> Self {
        let url = crate::support::url("COFFEE__AMQP__URL");
        let config = format!("[amqp]\nurl = \"{url}\"");
        let config = coffee::core::config::Config::from_toml(&config).expect("configuration");
        let amqp = Amqp::new(&config).expect("an address").expect("configured");
        Self { amqp, queue, connections: Mutex::default(), open: Mutex::default() }
    }

    async fn channel(&self) -> Channel {
        // One for all, until the broker closes it.
        let mut open = self.open.lock().await;
        match &*open {
            Some(channel) if channel.is_open() => channel.clone(),
            // On a connection of its own: the library never uses again what the broker closed.
            _ => {
                let (connection, channel) = channel(&self.amqp).await;
                self.connections.lock().await.push(connection);
                open.insert(channel).clone()
            }
        }
    }

    /// Declares the queue in another way than we do.
    async fn declare(
        &self,
        change: impl FnOnce(&mut QueueDeclareArguments) -> &mut QueueDeclareArguments,
    ) {
        let mut declare = QueueDeclareArguments::durable_client_named(self.queue.name);
        let declare = change(&mut declare).finish();
        self.channel().await.queue_declare(declare).await.expect("declared");
    }

    async fn declare_exchange(&self, kind: &str) {
        let mut declare = ExchangeDeclareArguments::new(self.queue.exchange, kind);
        let declare = declare.durable(true).finish();
        self.channel().await.exchange_declare(declare).await.expect("declared");
    }

    async fn delete(&self) {
        let delete = QueueDeleteArguments::new(self.queue.name);
        self.channel().await.queue_delete(delete).await.expect("deleted");
    }

    async fn purge(&self) {
        let purge = QueuePurgeArguments::new(self.queue.name);
        self.channel().await.queue_purge(purge).await.expect("purged");
    }

    /// Takes the next message of the queue, if there is one.
    async fn take(&self) -> Option<Value> {
        let get = BasicGetArguments::new(self.queue.name).no_ack(true).finish();
        let (_, _, body) = self.channel().await.basic_get(get).await.ok()??;
        Some(serde_json::from_slice(&body).expect("JSON"))
    }

    async fn clean_up(self) {
        let delete = QueueDeleteArguments::new(self.queue.name);
        let _ = self.channel().await.queue_delete(delete).await;
        let delete = ExchangeDeleteArguments::new(self.queue.exchange);
        let _ = self.channel().await.exchange_delete(delete).await;
        for connection in self.connections.into_inner() {
            let _ = connection.close().await;
        }
    }
}

fn arguments(texts: &[(&str, FieldValue)]) -> FieldTable {
    let mut table = FieldTable::new();
    for (name, value) in texts {
        table.insert((*name).try_into().expect("a short name"), value.clone());
    }
    table
}

/// An application that publishes to the odd queue, beside its own.
async fn publishing_to(odd: Queue) -> EventBed {
    let topology = Topology { publications: vec![odd], ..Topology::default() };
    EventBed::start_beside(true, "", |own| own, topology).await
}

/// Cause with which a part is degraded according to `/readyz`, which says ready all the same.
async fn degraded(bed: &EventBed, part: &str) -> Option<String> {
    let answer = reqwest::get(format!("{}/readyz", bed.app.operations)).await.expect("answers");
    assert_eq!(answer.status(), 200);
    let answer: Value = answer.json().await.expect("JSON");
    let list = answer["degraded"].as_array().expect("a list").clone();
    let found = list.iter().find(|fault| fault["part"] == part)?;
    assert!(found["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{found}");
    Some(found["cause"].as_str().expect("a text").to_owned())
}

async fn until_degraded(bed: &EventBed, part: &str, cause: &str) {
    bed.within(20, &format!("{part} is degraded: {cause}"), async || {
        degraded(bed, part).await.as_deref() == Some(cause)
    })
    .await;
    let metric = format!("coffee_degraded{{cause=\"{cause}\",part=\"{part}\"");
    assert_eq!(bed.app.metric(&metric).await, 1.0);
}

async fn until_restored(bed: &EventBed, part: &str) {
    bed.within(20, &format!("{part} is restored"), async || degraded(bed, part).await.is_none())
        .await;
}

/// The event for the odd queue waits until `mend`, all others go on.
async fn waits_alone(operator: Operator, part: &str, cause: &str, mend: impl AsyncFn(&Operator)) {
    let odd = operator.queue;
    let bed = publishing_to(odd).await;
    bed.emit_to(topic(odd), "a", &[order(1), order(2)]).await;
    bed.emit("a", &[order(3)]).await;
    bed.expect_effects(&[3]).await;
    until_degraded(&bed, part, cause).await;
    bed.emit("a", &[order(4)]).await;
    bed.expect_effects(&[3, 4]).await;
    // What is handled leaves the table with the commit of whoever carried it.
    bed.within(30, "only the held ones are left", async || bed.outbox().await == 2).await;
    assert_eq!(
        bed.app.value("SELECT count(failed_at) FROM event_outbox").await.as_deref(),
        Some("0")
    );
    bed.within(30, "they are counted", async || {
        bed.app.metric("coffee_outbox_held_events").await == 2.0
    })
    .await;
    mend(&operator).await;
    for n in [1, 2] {
        let mut taken = None;
        let deadline = std::time::Instant::now() + std::time::Duration::from_secs(30);
        while taken.is_none() {
            assert!(std::time::Instant::now() < deadline, "event {n} never came");
            taken = operator.take().await;
        }
        assert_eq!(taken, Some(json!({"n": n})));
    }
    until_restored(&bed, part).await;
    bed.within(30, "nothing is left", async || bed.outbox().await == 0).await;
    operator.clean_up().await;
}

#[actix_web::test]
async fn events_for_a_queue_that_is_not_durable_wait_until_it_is() {
    let operator = Operator::new(odd_queue()).await;
    let part = format!("queue {}", operator.queue.name);
    operator.declare(|queue| queue.durable(false)).await;
    waits_alone(operator, &part, "durable", async |operator| operator.delete().await).await;
}

#[actix_web::test]
async fn events_for_a_queue_that_goes_with_its_consumers_wait() {
    let operator = Operator::new(odd_queue()).await;
    let part = format!("queue {}", operator.queue.name);
    operator.declare(|queue| queue.auto_delete(true)).await;
    waits_alone(operator, &part, "auto_delete", async |operator| operator.delete().await).await;
}

#[actix_web::test]
async fn events_for_a_queue_that_somebody_has_for_himself_wait() {
    let operator = Operator::new(odd_queue()).await;
    let part = format!("queue {}", operator.queue.name);
    operator.declare(|queue| queue.durable(false).exclusive(true)).await;
    waits_alone(operator, &part, "exclusive", async |operator| operator.delete().await).await;
}

#[actix_web::test]
async fn events_for_an_exchange_of_another_type_wait() {
    let operator = Operator::new(odd_queue()).await;
    let part = format!("queue {}", operator.queue.name);
    operator.declare_exchange("fanout").await;
    let mend = async |operator: &Operator| {
        let delete = ExchangeDeleteArguments::new(operator.queue.exchange);
        operator.channel().await.exchange_delete(delete).await.expect("deleted");
    };
    waits_alone(operator, &part, "type", mend).await;
}

#[actix_web::test]
async fn events_for_a_full_queue_wait_until_there_is_room() {
    let operator = Operator::new(odd_queue()).await;
    let part = format!("topic {}", topic(operator.queue));
    let full = [("x-max-length", FieldValue::l(0)), ("x-overflow", text("reject-publish"))];
    operator.declare(|queue| queue.arguments(arguments(&full))).await;
    let mend = async |operator: &Operator| operator.delete().await;
    waits_alone(operator, &part, "unkept", mend).await;
}

#[actix_web::test]
async fn a_queue_of_another_kind_is_used_and_named() {
    for (name, value) in
        [("x-queue-type", text("quorum")), ("x-message-ttl", FieldValue::l(3_600_000))]
    {
        let operator = Operator::new(odd_queue()).await;
        operator.declare(|queue| queue.arguments(arguments(&[(name, value.clone())]))).await;
        let bed = publishing_to(operator.queue).await;
        bed.emit_to(topic(operator.queue), "a", &[order(1)]).await;
        bed.emit("a", &[order(2)]).await;
        bed.expect_effects(&[2]).await;
        bed.within(10, "the event is in the queue", async || operator.take().await.is_some()).await;
        until_degraded(&bed, &format!("queue {}", operator.queue.name), name).await;
        operator.clean_up().await;
    }
}

#[actix_web::test]
async fn a_queue_of_another_kind_is_listened_to() {
    let operator = Operator::new(odd_queue()).await;
    let odd = operator.queue;
    operator.declare(|queue| queue.durable(false)).await;
    let topology = Topology { subscriptions: vec![subscription(odd)], ..Topology::default() };
    let bed = EventBed::start_beside(true, "", |own| own, topology).await;
    until_degraded(&bed, &format!("queue {}", odd.name), "durable").await;
    let (connection, channel) = channel(bed.amqp()).await;
    let properties = amqprs::BasicProperties::default();
    let to = amqprs::channel::BasicPublishArguments::new("", odd.name);
    let body = order(1).to_string().into_bytes();
    channel.basic_publish(properties, body, to).await.expect("published");
    bed.expect_effects(&[1]).await;
    crate::support::events::close(connection, channel).await;
    operator.clean_up().await;
}

#[actix_web::test]
async fn a_known_queue_that_was_deleted_is_declared_again_for_the_events_that_came_meanwhile() {
    let operator = Operator::new(odd_queue()).await;
    let bed = publishing_to(operator.queue).await;
    bed.emit_to(topic(operator.queue), "a", &[order(1)]).await;
    bed.within(10, "the event is in the queue", async || operator.take().await.is_some()).await;
    operator.delete().await;
    bed.emit_to(topic(operator.queue), "a", &[order(2)]).await;
    bed.within(30, "the event is in the queue", async || operator.take().await.is_some()).await;
    bed.within(30, "nothing is left", async || bed.outbox().await == 0).await;
    until_restored(&bed, &format!("topic {}", topic(operator.queue))).await;
    operator.clean_up().await;
}

#[actix_web::test]
async fn bindings_that_the_operator_made_are_enough() {
    // Declared by the operator with a remark of his own, so that ours is refused.
    let operator = Operator::new(odd_queue()).await;
    let odd = operator.queue;
    operator.declare_exchange("direct").await;
    let ttl = [("x-message-ttl", FieldValue::l(3_600_000))];
    operator.declare(|queue| queue.arguments(arguments(&ttl))).await;
    let key = odd.keys().next().expect("a key");
    let bind = QueueBindArguments::new(odd.name, odd.exchange, key);
    operator.channel().await.queue_bind(bind).await.expect("bound");
    let bed = publishing_to(odd).await;
    bed.emit_to(topic(odd), "a", &[order(1)]).await;
    bed.within(10, "the event is in the queue", async || operator.take().await.is_some()).await;
    operator.purge().await;
    operator.clean_up().await;
}
