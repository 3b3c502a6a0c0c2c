//! What every message is promised, whatever carries it.

use amqprs::FieldValue;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde_json::json;

use crate::support::events::{EventBed, order, order_then, text};

async fn committed_events_have_their_effect_in_order(with_broker: bool) {
    let bed = EventBed::start(with_broker).await;
    let orders: Vec<_> = (1..=50).map(order).collect();
    bed.emit("aggregate", &orders).await;
    bed.expect_effects(&(1..=50).collect::<Vec<_>>()).await;
    bed.within(5, "the outbox is empty", async || bed.outbox().await == 0).await;
    let partner = bed.app.value("SELECT DISTINCT partner FROM effect").await;
    assert_eq!(partner.as_deref(), Some("10"));
}

#[actix_web::test]
async fn committed_events_have_their_effect_in_order_by_the_broker() {
    committed_events_have_their_effect_in_order(true).await;
}

#[actix_web::test]
async fn committed_events_have_their_effect_in_order_without_a_broker() {
    committed_events_have_their_effect_in_order(false).await;
}

async fn rolled_back_events_are_never_seen(with_broker: bool) {
    let bed = EventBed::start(with_broker).await;
    let lost = bed.unit();
    lost.emit(bed.topic(), Some("a".to_owned()), &order(1)).expect("emitted");
    drop(lost);
    // Written together with a commit that PostgreSQL refuses.
    bed.app.execute("CREATE TABLE refused (n int UNIQUE DEFERRABLE INITIALLY DEFERRED)").await;
    bed.app.execute("GRANT ALL ON refused TO coffee_app").await;
    let refused = bed.unit();
    let twice = Statement::from_string(DbBackend::Postgres, "INSERT INTO refused VALUES (1), (1)");
    let db = refused.write().await.expect("a transaction");
    db.execute_raw(twice).await.expect("refused only at the commit");
    refused.emit(bed.topic(), Some("a".to_owned()), &order(3)).expect("emitted");
    assert!(refused.commit().await.is_err());
    bed.emit("a", &[order(2)]).await;
    bed.expect_effects(&[2]).await;
}

#[actix_web::test]
async fn rolled_back_events_are_never_seen_by_the_broker() {
    rolled_back_events_are_never_seen(true).await;
}

#[actix_web::test]
async fn rolled_back_events_are_never_seen_without_a_broker() {
    rolled_back_events_are_never_seen(false).await;
}

#[actix_web::test]
async fn a_message_that_failed_for_now_has_its_effect_once() {
    for with_broker in [true, false] {
        let bed = EventBed::start(with_broker).await;
        bed.emit("a", &[order_then(1, "fail twice"), order(2)]).await;
        bed.expect_effects(&[1, 2]).await;
        let dead = bed.app.metric("coffee_messages_total{handler=\"test\",result=\"dead\"").await;
        assert_eq!(dead, 0.0);
    }
}

#[actix_web::test]
async fn the_queue_moves_on_behind_messages_that_are_given_up() {
    let bed = EventBed::start(false).await;
    let given_up = ["refuse", "fail", "panic", "hang"];
    let mut orders: Vec<_> = (1..).zip(given_up).map(|(n, then)| order_then(n, then)).collect();
    orders.push(json!({"m": 1}));
    orders.push(order(6));
    bed.emit("a", &orders).await;
    bed.expect_effects(&[6]).await;
    let dead = bed.dead_letters().await;
    let reasons: Vec<_> = dead.iter().map(|(_, reason, n)| (reason.as_str(), n.as_str())).collect();
    assert_eq!(
        reasons,
        [
            ("not this one", "1"),
            ("test: broken", "4"),
            ("panicked: as the message says", "4"),
            ("deadline passed", "4"),
            ("invalid payload: missing field `n` at line 1 column 8", "1"),
        ]
    );
}

#[actix_web::test]
async fn the_broker_keeps_given_up_messages_with_their_reason() {
    let bed = EventBed::start(true).await;
    let given_up = [("refuse", "not this one", "1"), ("fail", "test: broken", "4")];
    for (then, reason, attempts) in given_up {
        bed.emit("a", &[order_then(1, then)]).await;
        let (headers, body) = bed.dead_letter().await;
        assert_eq!(headers["x-error"], reason);
        assert_eq!(headers["x-attempts"], attempts);
        assert_eq!(headers["x-bb-partner-id"], "10");
        assert_eq!(serde_json::from_slice::<serde_json::Value>(&body).unwrap()["then"], then);
    }
    bed.emit("a", &[order(2)]).await;
    bed.expect_effects(&[2]).await;
}

#[actix_web::test]
async fn one_message_id_has_one_effect() {
    let bed = EventBed::start(true).await;
    for n in [1, 2] {
        let id = vec![("_watermill_message_uuid", text("m-1"))];
        bed.publish(id, order(n).to_string().into_bytes()).await;
    }
    let other = vec![("_watermill_message_uuid", text("m-2"))];
    bed.publish(other, order(3).to_string().into_bytes()).await;
    bed.expect_effects(&[1, 3]).await;
}

#[actix_web::test]
async fn headers_name_the_caller() {
    let bed = EventBed::start(true).await;
    bed.publish(vec![("x-bb-partner-id", text("77"))], order(1).to_string().into_bytes()).await;
    let list = FieldValue::A(vec![text("78"), text("79")].try_into().expect("a list"));
    bed.publish(vec![("X-BB-Partner-Id", list)], order(2).to_string().into_bytes()).await;
    bed.publish(vec![("x-bb-partner-id", FieldValue::l(80))], order(3).to_string().into_bytes())
        .await;
    bed.expect_effects(&[1, 2, 3]).await;
    let partners = bed.app.value("SELECT string_agg(partner::text, ' ' ORDER BY n) FROM effect");
    assert_eq!(partners.await.as_deref(), Some("77 78 0"));
}

#[actix_web::test]
async fn messages_that_share_a_transaction_fail_alone() {
    let together = |subscription: coffee::core::events::Subscription| subscription.together(16);
    let bed = EventBed::start_with(true, "", together).await;
    let mut orders: Vec<_> = (1..=20).map(order).collect();
    orders.insert(10, order_then(100, "refuse"));
    orders.insert(15, order_then(101, "fail twice"));
    bed.emit("a", &orders).await;
    let mut expected: Vec<i64> = (1..=20).collect();
    expected.insert(14, 101);
    bed.expect_effects(&expected).await;
    assert_eq!(bed.dead_letter().await.0["x-error"], "not this one");
    let done = bed.app.metric("coffee_messages_total{handler=\"test\",result=\"done\"").await;
    assert_eq!(done, 21.0);
}
