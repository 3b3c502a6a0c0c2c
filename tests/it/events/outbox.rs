//! The outbox: events that nothing takes, events of others, and who is woken.

use std::time::{Duration, Instant};

use coffee::app::App;
use coffee::core::config::Role;
use coffee::core::types::Plan;
use sea_orm::sqlx;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use crate::support::Client;
use crate::support::events::{EventBed, order, subscription};

#[actix_web::test]
async fn an_event_that_no_queue_takes_is_kept_and_holds_nothing_up() {
    let bed = EventBed::start(true).await;
    let unit = bed.unit();
    for topic in ["test.dx___nobody_listens", "no topic"] {
        unit.emit(topic, Some("a".to_owned()), &order(1)).expect("emitted");
    }
    unit.emit(bed.topic(), Some("a".to_owned()), &order(2)).expect("emitted");
    unit.commit().await.expect("committed");
    bed.expect_effects(&[2]).await;
    bed.within(5, "two are kept", async || {
        let kept = bed.app.value(
            "SELECT string_agg(error, '|' ORDER BY id) FROM event_outbox WHERE failed_at IS NOT NULL",
        );
        let kept = kept.await.unwrap_or_default();
        kept.contains("NO_ROUTE") && kept.ends_with("not a topic: no topic")
    })
    .await;
    assert_eq!(bed.app.metric("coffee_events_unroutable_total").await, 2.0);
    bed.within(5, "the gauge tells", async || {
        bed.app.metric("coffee_outbox_failed_events").await == 2.0
    })
    .await;
}

#[actix_web::test]
async fn an_event_without_handler_and_broker_is_counted_and_gone() {
    let bed = EventBed::start(false).await;
    let unit = bed.unit();
    unit.emit("test.dx___nobody", Some("a".to_owned()), &order(1)).expect("emitted");
    unit.commit().await.expect("committed");
    bed.within(5, "the event is gone", async || bed.outbox().await == 0).await;
    assert_eq!(bed.app.metric("coffee_events_unheard_total").await, 1.0);
}

/// As another relay holds the shard of an aggregate whose event it is carrying.
async fn held_elsewhere(
    bed: &EventBed,
    aggregate: &str,
) -> sqlx::Transaction<'static, sqlx::Postgres> {
    let mut other = bed.app.owner.begin().await.expect("a transaction");
    let lock = "SELECT pg_advisory_xact_lock(x'65766e74'::int, hashtext($1) & 127)";
    sqlx::query(lock).bind(aggregate).execute(&mut *other).await.expect("locked");
    other
}

#[actix_web::test]
async fn an_event_whose_transaction_takes_long_still_comes_first() {
    let bed = EventBed::start(false).await;
    let mut long = bed.app.owner.begin().await.expect("a transaction");
    let insert = "INSERT INTO event_outbox (message_id, topic, order_key, payload) \
                  VALUES (gen_random_uuid(), $1, 'a', $2)";
    let insert = sqlx::query(insert).bind(bed.topic()).bind(order(1));
    insert.execute(&mut *long).await.expect("written");
    // Its age shows for how long the relay has been looking meanwhile.
    let other = held_elsewhere(&bed, "b").await;
    bed.emit("b", &[order(3)]).await;
    bed.within(30, "the relay has looked for a while", async || {
        bed.app.metric("coffee_outbox_oldest_seconds").await > 4.0
    })
    .await;
    long.commit().await.expect("committed");
    bed.emit("a", &[order(2)]).await;
    bed.expect_effects(&[1, 2]).await;
    other.rollback().await.expect("released");
}

#[actix_web::test]
async fn events_wait_behind_those_of_their_aggregate_that_another_relay_holds() {
    let bed = EventBed::start(false).await;
    let other = held_elsewhere(&bed, "a").await;
    bed.emit("a", &[order(1)]).await;
    bed.emit("a", &[order(2)]).await;
    bed.emit("b", &[order(3)]).await;
    bed.expect_effects(&[3]).await;
    other.rollback().await.expect("released");
    bed.expect_effects(&[3, 1, 2]).await;
}

#[actix_web::test]
async fn a_process_without_relay_wakes_the_one_that_has_it() {
    let bed = EventBed::start(true).await;
    let mut ears = sqlx::postgres::PgListener::connect_with(&bed.app.owner).await.expect("ears");
    ears.listen("coffee_outbox").await.expect("listens");
    let mut config = bed.app.config.clone();
    config.roles = vec![Role::Api];
    let writer = App::build(config).await.expect("application builds");
    let address = writer.public_address().expect("serves");
    let stop = CancellationToken::new();
    actix_web::rt::spawn(writer.run(stop.clone()));
    let token = bed.app.token(10, Plan::Saas).await;
    let client = Client::new(format!("http://{address}"), Some(token));
    let search = json!({"filters": []});
    client.post("/discovery-service/api/profile/INSTAGRAM/search", &search).await;
    let heard = tokio::time::timeout(Duration::from_secs(5), ears.recv()).await;
    assert!(heard.expect("told in time").is_ok());
    bed.within(5, "the event is carried", async || {
        bed.app.metric("coffee_events_carried_total").await == 1.0
    })
    .await;
    stop.cancel();
}

#[actix_web::test]
async fn a_transaction_that_stays_open_elsewhere_costs_the_relay_little() {
    let bed =
        EventBed::start_with(false, "", |_| subscription(crate::support::events::queue())).await;
    // Its snapshot keeps every deleted row of the outbox alive.
    let mut old = bed.app.owner.begin().await.expect("a transaction");
    sqlx::query("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        .execute(&mut *old)
        .await
        .unwrap();
    sqlx::query("SELECT 1 FROM event_outbox").fetch_all(&mut *old).await.expect("a snapshot");
    let fill = "INSERT INTO event_outbox (message_id, topic, order_key, payload) \
                SELECT gen_random_uuid(), 'test.dx___nobody', '', '{\"n\": 1}' \
                FROM generate_series(1, 50000)";
    sqlx::query(fill).execute(&bed.app.owner).await.expect("filled");
    bed.within(60, "all are gone", async || bed.outbox().await == 0).await;
    // Once the floor has passed them, a claim does not visit the deleted rows any more.
    let visited = async || {
        let sql = "SELECT idx_tup_read FROM pg_stat_user_indexes \
                   WHERE indexrelname = 'event_outbox_pending_idx'";
        bed.app.value(sql).await.expect("statistics").parse::<i64>().expect("a number")
    };
    let started = Instant::now();
    let mut last = visited().await;
    loop {
        assert!(started.elapsed() < Duration::from_secs(30), "claims still visit deleted rows");
        bed.emit("", &[order(1)]).await;
        bed.within(5, "it is gone", async || bed.outbox().await == 0).await;
        let now = visited().await;
        if now > last && now - last < 5000 {
            break;
        }
        last = now;
    }
    old.rollback().await.expect("ended");
}
