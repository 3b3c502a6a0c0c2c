//! Messages of many senders that are handled together.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use amqprs::channel::QueueDeclareArguments;
use coffee::core::error::{Code, Error};
use coffee::core::events::{self, Batch, Queue, Subscription, Topology};
use coffee::core::tasks::Supervisor;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::FutureExt as _;
use futures_util::future::BoxFuture;
use sea_orm::ConnectionTrait as _;
use sea_orm::sqlx;
use serde::Deserialize;

use crate::support::events::{EventBed, channel, close, order, order_then, queue, text};
use crate::support::{Forwarder, TestApp, url};

const NEVER: Duration = Duration::from_secs(3600);

#[derive(Deserialize)]
struct Order {
    n: i64,
    #[serde(default)]
    then: String,
}

/// Sizes of the batches that were flushed.
type Sizes = Arc<Mutex<Vec<usize>>>;

/// Writes a row per message, then does what the first message says that says anything.
fn batched(queue: Queue, rows: usize, age: Duration, sizes: &Sizes) -> Subscription {
    let sizes = Arc::clone(sizes);
    Subscription::batched(queue, "test", rows, age, move |unit, batch| {
        insert(unit, batch, Arc::clone(&sizes)).boxed()
    })
}

async fn insert(unit: &UnitOfWork, batch: Batch<Order>, sizes: Sizes) -> Result<(), Error> {
    let rows = batch
        .messages
        .iter()
        .map(|one| format!("({}, {})", one.payload.n, one.caller.partner_id.unwrap_or_default()));
    let rows: Vec<String> = rows.collect();
    let insert = format!("INSERT INTO effect (n, partner) VALUES {}", rows.join(", "));
    unit.write().await?.execute_unprepared(&insert).await?;
    sizes.lock().expect("no panic in here").push(batch.messages.len());
    let said = batch.messages.iter().find(|one| !one.payload.then.is_empty());
    match said.map(|one| one.payload.then.as_str()) {
        Some("refuse") => Err(Error::refused(Code::Conflict, "not this one")),
        Some("fail") => Err(Error::internal("test", "broken")),
        _ => Ok(()),
    }
}

async fn bed(with_broker: bool, rows: usize, age: Duration) -> (EventBed, Sizes) {
    let sizes = Sizes::default();
    let bed = EventBed::start_with(with_broker, "", |subscription| {
        batched(subscription.queue, rows, age, &sizes)
    });
    (bed.await, sizes)
}

fn sizes(sizes: &Sizes) -> Vec<usize> {
    sizes.lock().expect("no panic in here").clone()
}

#[actix_web::test]
async fn a_batch_is_flushed_when_it_is_full_whoever_sent_its_messages() {
    let (bed, flushed) = bed(true, 10, NEVER).await;
    for n in 1..=20 {
        let partner = (10 + n % 3).to_string();
        let headers = vec![
            ("x-bb-partner-id", text(&partner)),
            ("_watermill_message_uuid", text(&format!("m-{n}"))),
        ];
        bed.publish(headers, order(n).to_string().into_bytes()).await;
    }
    bed.expect_effects(&(1..=20).collect::<Vec<_>>()).await;
    assert_eq!(sizes(&flushed), [10, 10]);
    let partners = bed.app.value("SELECT string_agg(partner::text, ' ' ORDER BY n) FROM effect");
    assert!(partners.await.expect("rows").starts_with("11 12 10 11 12 10"));
    let done = "coffee_messages_total{handler=\"test\",result=\"done\"";
    bed.within(5, "all are counted", async || bed.app.metric(done).await == 20.0).await;
}

#[actix_web::test]
async fn a_batch_is_flushed_when_its_first_message_has_waited_for_long_enough() {
    let (bed, _) = bed(true, 1000, Duration::from_millis(50)).await;
    bed.emit("a", &[order(1), order(2), order(3)]).await;
    bed.expect_effects(&[1, 2, 3]).await;
}

#[actix_web::test]
async fn one_message_of_a_hundred_that_cannot_be_handled_is_given_up_alone() {
    for (then, reason, attempts) in [("refuse", "not this one", "1"), ("fail", "test: broken", "4")]
    {
        let (bed, flushed) = bed(true, 100, NEVER).await;
        let mut orders: Vec<_> = (1..=99).map(order).collect();
        orders.insert(42, order_then(100, then));
        bed.emit("a", &orders).await;
        bed.expect_effects(&(1..=99).collect::<Vec<_>>()).await;
        let (headers, body) = bed.dead_letter().await;
        assert_eq!((&*headers["x-error"], &*headers["x-attempts"]), (reason, attempts));
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["n"], 100);
        // The whole, two halves of whatever fails, and the attempts at one.
        assert!(sizes(&flushed).len() <= 4 + 2 * 7 + 4, "{:?}", sizes(&flushed));
    }
}

#[actix_web::test]
async fn what_cannot_be_read_or_is_refused_unseen_holds_up_no_batch() {
    let flushed = Sizes::default();
    let bed = EventBed::start_with(false, "", |subscription| {
        batched(subscription.queue, 10, NEVER, &flushed).checked(|order: Order| match order.n {
            5 => Err(Error::refused(Code::Conflict, "not five")),
            _ => Ok(()),
        })
    })
    .await;
    let mut orders: Vec<_> = (1..=8).map(order).collect();
    orders.insert(2, serde_json::json!([1]));
    orders.insert(7, serde_json::json!({"m": 1}));
    bed.emit("a", &orders).await;
    bed.expect_effects(&[1, 2, 3, 4, 6, 7, 8]).await;
    assert_eq!(sizes(&flushed), [7]);
    let given_up = async || bed.dead_letters().await.len() == 3;
    bed.within(5, "three are given up", given_up).await;
}

#[actix_web::test]
async fn without_a_broker_batches_are_handled_too() {
    let (bed, flushed) = bed(false, 10, NEVER).await;
    let mut orders: Vec<_> = (1..=9).map(order).collect();
    orders.insert(3, order_then(100, "refuse"));
    orders.insert(6, serde_json::json!({"m": 1}));
    bed.emit("a", &orders).await;
    bed.expect_effects(&(1..=9).collect::<Vec<_>>()).await;
    let given_up = async || bed.dead_letters().await.len() == 2;
    bed.within(5, "two are given up", given_up).await;
    let reasons: Vec<_> =
        bed.dead_letters().await.into_iter().map(|(_, reason, _)| reason).collect();
    assert_eq!(reasons[0], "not this one");
    assert!(reasons[1].starts_with("invalid payload"), "{reasons:?}");
    assert!(sizes(&flushed).len() > 2);
}

/// A commit with effects waits until the lock 42 is free.
const WAITING_COMMITS: [&str; 2] = [
    "CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
         PERFORM pg_advisory_xact_lock_shared(42); RETURN NULL; END $$",
    "CREATE CONSTRAINT TRIGGER wait AFTER INSERT ON effect DEFERRABLE INITIALLY DEFERRED \
     FOR EACH ROW EXECUTE FUNCTION wait()",
];

#[actix_web::test]
async fn a_batch_that_was_flushed_and_not_acknowledged_has_one_effect() {
    let flushed = Sizes::default();
    let broker = Forwarder::start(&url("COFFEE__AMQP__URL"));
    let mut address = url::Url::parse(&url("COFFEE__AMQP__URL")).expect("a URL");
    let port = url::Url::parse(&broker.url()).expect("a URL").port();
    address.set_ip_host([127, 0, 0, 1].into()).expect("an address");
    address.set_port(port).expect("a port");
    let bed = EventBed::start_at(address.as_str(), |subscription| {
        batched(subscription.queue, 10, NEVER, &flushed)
    })
    .await;
    for sql in WAITING_COMMITS {
        bed.app.execute(sql).await;
    }
    let mut lock = bed.app.owner.acquire().await.expect("a connection");
    sqlx::query("SELECT pg_advisory_lock(42)").execute(&mut *lock).await.expect("locked");
    bed.emit("a", &(1..=10).map(order).collect::<Vec<_>>()).await;
    let waits = "SELECT count(*) FROM pg_locks l JOIN pg_database d ON d.oid = l.database \
                 WHERE locktype = 'advisory' AND NOT granted AND datname = current_database()";
    let committing = async || bed.app.value(waits).await.as_deref() == Some("1");
    bed.within(20, "the batch is being committed", committing).await;
    // What a process leaves behind that dies now: the commit arrives, the acknowledgement does not.
    broker.cut();
    sqlx::query("SELECT pg_advisory_unlock(42)").execute(&mut *lock).await.expect("unlocked");
    bed.expect_effects(&(1..=10).collect::<Vec<_>>()).await;
    broker.restore();
    let again = "coffee_messages_total{handler=\"test\",result=\"duplicate\"";
    bed.within(30, "it comes again", async || bed.app.metric(again).await == 10.0).await;
    bed.expect_effects(&(1..=10).collect::<Vec<_>>()).await;
    assert_eq!(sizes(&flushed), [10]);
}

#[actix_web::test]
async fn a_stop_flushes_what_was_collected() {
    let bed = EventBed::start(true).await;
    let (queue, flushed) = (queue(), Sizes::default());
    let topology = Topology {
        subscriptions: vec![batched(queue, 1000, NEVER, &flushed)],
        ..Topology::default()
    };
    let supervisor = Supervisor::new(2).expect("threads");
    events::start(&supervisor, &bed.stores, topology, (false, true)).expect("started");
    let waiting = async || {
        let (connection, channel) = channel(bed.amqp()).await;
        let mut declare = QueueDeclareArguments::durable_client_named(queue.name);
        declare.passive(true);
        let is_there = channel.queue_declare(declare).await.is_ok();
        close(connection, channel).await;
        is_there
    };
    bed.within(20, "it listens", waiting).await;
    let topic = Box::leak(
        format!("{}___{}", queue.exchange, queue.keys().next().expect("a key")).into_boxed_str(),
    );
    bed.emit_to(topic, "a", &[order(1), order(2), order(3)]).await;
    let collected = async || {
        let text = String::from_utf8(bed.stores.metrics.render().expect("metrics")).expect("text");
        text.contains("coffee_batch_messages{handler=\"test\",service=\"coffee\"} 3")
    };
    bed.within(20, "three are collected", collected).await;
    assert!(bed.effects().await.is_empty());
    supervisor.stop(Duration::from_secs(10)).await;
    assert_eq!((bed.effects().await, sizes(&flushed)), (vec![1, 2, 3], vec![3]));
    bed.delete(queue).await;
}

fn insert_once<'a>(unit: &'a UnitOfWork, batch: Batch<Order>) -> BoxFuture<'a, Result<(), Error>> {
    async move {
        let stores = unit.stores();
        let client = stores.clickhouse.as_ref().expect("configured").client().clone();
        let rows = batch.messages.iter().map(|one| format!("({})", one.payload.n));
        let rows: Vec<String> = rows.collect();
        let insert = format!("INSERT INTO sink VALUES {}", rows.join(", "));
        let insert = client.query(&insert).with_setting("insert_deduplication_token", batch.token);
        insert.execute().await?;
        let failures = &stores.metrics.panics;
        if failures.get() == 0 {
            // It is stored, and nobody hears of it.
            panic!("after the insert");
        }
        Ok(())
    }
    .boxed()
}

#[actix_web::test]
async fn the_same_batch_again_has_the_token_that_clickhouse_drops_it_by() {
    let app = TestApp::start_with_clickhouse().await;
    app.clickhouse(
        "CREATE TABLE sink (n Int64) ENGINE = MergeTree ORDER BY n \
         SETTINGS non_replicated_deduplication_window = 100",
        String::new(),
    )
    .await;
    let stores = coffee::core::stores::Stores::open(app.config.clone()).await.expect("stores");
    let age = Duration::from_millis(10);
    let subscription = Subscription::batched(queue(), "test", 10, age, insert_once).unrecorded();
    let delivery = events::Delivery {
        message_id: Some("m-1".to_owned()),
        body: order(7).to_string().into_bytes().into(),
        ..events::Delivery::default()
    };
    let outcome = events::deliver(&stores, &subscription, &delivery).await;
    assert_eq!(outcome, events::Outcome::Done);
    assert_eq!(stores.metrics.panics.get(), 1);
    let rows = app.clickhouse("SELECT count() FROM sink", String::new()).await;
    assert_eq!(rows.trim(), "1");
    assert_eq!(app.value("SELECT count(*) FROM processed_message").await.as_deref(), Some("0"));
}

#[actix_web::test]
async fn an_outage_of_clickhouse_is_nothing_against_the_messages() {
    let app = TestApp::start_with("[clickhouse]\nurl = \"http://127.0.0.1:9\"").await;
    let stores = coffee::core::stores::Stores::open(app.config.clone()).await.expect("stores");
    let subscription = Subscription::batched(queue(), "test", 10, NEVER, insert_once);
    let delivery = events::Delivery {
        body: order(7).to_string().into_bytes().into(),
        ..events::Delivery::default()
    };
    let outcome = events::deliver(&stores, &subscription, &delivery).await;
    assert!(matches!(outcome, events::Outcome::Away(_)), "{outcome:?}");
}
