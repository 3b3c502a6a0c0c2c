//! A broker that is not set up as we would set it up ourselves.

use std::time::Duration;

use amqprs::FieldTable;
use amqprs::channel::{
    ExchangeDeclareArguments, ExchangeType, QueueBindArguments, QueueDeclareArguments,
};
use serde_json::Value;

use super::bed::Bed;
use super::broker::Broker;
use super::process::within;
use super::server::{QUEUE, Server};

/// A module publishes to it.
const ODD: &str = "activity_tracker_q";

/// Declares a queue as an operator does.
async fn declare(broker: &Broker, queue: &str, durable: bool) {
    let (connection, channel) = broker.connect().await.expect("the broker answers");
    let mut declare = QueueDeclareArguments::new(queue);
    declare.durable(durable).arguments(FieldTable::new());
    channel.queue_declare(declare).await.expect("declared");
    let _ = connection.close().await;
}

async fn bind(broker: &Broker, exchange: &str, queue: &str, key: &str) {
    let (connection, channel) = broker.connect().await.expect("the broker answers");
    let direct =
        ExchangeDeclareArguments::of_type(exchange, ExchangeType::Direct).durable(true).finish();
    channel.exchange_declare(direct).await.expect("declared");
    channel.queue_bind(QueueBindArguments::new(queue, exchange, key)).await.expect("bound");
    let _ = connection.close().await;
}

/// Parts that are degraded, with their causes.
async fn degraded(server: &Server) -> Vec<(String, String)> {
    let (code, answer) = server.readiness().await;
    assert_eq!(code, 200, "{answer}");
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let list = answer["degraded"].as_array().expect("a list");
    list.iter().map(|fault| (text(&fault["part"]), text(&fault["cause"]))).collect()
}

/// A queue of another service that is not durable is lost when the broker restarts; ours go on.
pub async fn an_odd_queue_holds_up_nothing_across_a_restart_of_the_broker() {
    let mut bed = Bed::start(true).await;
    let broker = bed.broker.as_ref().expect("started with one");
    declare(broker, ODD, false).await;
    let server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    load.run(4, 200, Duration::from_secs(4)).await;
    bed.drained(60).await;
    let part = (format!("queue {ODD}"), "durable".to_owned());
    assert!(degraded(&server).await.contains(&part), "{:?}", degraded(&server).await);
    // After its restart the broker has no such queue, so that ours is declared.
    let broker = bed.broker.as_mut().expect("started with one");
    broker.end("TERM").await;
    broker.launch().await;
    load.run(4, 200, Duration::from_secs(4)).await;
    within(30, "the queue is as it should be", async || {
        !degraded(&server).await.iter().any(|(part, _)| part.ends_with(ODD))
    })
    .await;
    bed.settle(vec![server], &load.written()).await;
}

/// Everything is declared by the operator; the user of the service may only write and read.
pub async fn a_user_without_the_right_to_configure_is_enough() {
    let mut bed = Bed::start(true).await;
    let broker = bed.broker.as_ref().expect("started with one");
    let dead_letters = format!("{}_dlq", QUEUE.name);
    for queue in [QUEUE.name, &dead_letters] {
        declare(broker, queue, true).await;
    }
    bind(broker, QUEUE.exchange, QUEUE.name, "faults").await;
    broker.add_user("limited", ["^$", ".*", ".*"]).await;
    bed.settings.config = bed.settings.config.replace(&broker.url(), &broker.url_of("limited"));
    let server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    load.run(4, 200, Duration::from_secs(4)).await;
    bed.drained(60).await;
    // What nobody declared for it is missing, and said.
    let now = degraded(&server).await;
    assert!(now.contains(&(format!("queue {ODD}"), "access".to_owned())), "{now:?}");
    assert!(!now.iter().any(|(part, _)| part.contains(QUEUE.name)), "{now:?}");
    declare(broker, ODD, true).await;
    bind(broker, "coffee.dx", ODD, "activity_tracker").await;
    within(30, "it is found", async || {
        !degraded(&server).await.iter().any(|(part, _)| part.ends_with(ODD))
    })
    .await;
    bed.settle(vec![server], &load.written()).await;
}
