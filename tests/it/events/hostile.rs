//! Messages that nobody should send.

use std::collections::HashMap;

use amqprs::{ByteArray, FieldTable, FieldValue};

use crate::support::events::{EventBed, order, text};
use crate::support::stranger;

/// The reason why a message with these headers and this body was given up; the queue moves on.
async fn refused(bed: &EventBed, headers: Vec<(&str, FieldValue)>, body: Vec<u8>) -> String {
    bed.publish(headers, body).await;
    let (headers, _): (HashMap<_, _>, _) = bed.dead_letter().await;
    headers["x-error"].clone()
}

#[actix_web::test]
async fn unreadable_bodies_are_given_up_at_once() {
    let bed = EventBed::start(true).await;
    let bodies: [&[u8]; 8] = [
        b"",
        b"not json",
        b"{\"n\": \"text\"}",
        b"{\"n\": 1e400}",
        b"[1]",
        b"{\"n\": 1",
        b"\xff\xfe",
        b"null",
    ];
    for body in bodies {
        let reason = refused(&bed, Vec::new(), body.to_vec()).await;
        assert!(reason.starts_with("invalid payload: "), "{reason}");
    }
    let deep = [b"[".repeat(200_000), b"]".repeat(200_000)].concat();
    assert!(refused(&bed, Vec::new(), deep).await.starts_with("invalid payload: "));
    let large = vec![b' '; 10 << 20];
    assert_eq!(refused(&bed, Vec::new(), large).await, "body of 10485760 bytes, at most 2097152");
    bed.emit("a", &[order(1)]).await;
    bed.expect_effects(&[1]).await;
}

#[actix_web::test]
async fn hostile_headers_are_ignored_or_given_up() {
    let bed = EventBed::start(true).await;
    let body = || order(1).to_string().into_bytes();
    for bad in ["x", "Basic ???", "Basic bm9jb2xvbg=="] {
        let reason = refused(&bed, vec![("Authorization", text(bad))], body()).await;
        assert_eq!(reason, "UnAuthorized Access");
    }
    let long = "m".repeat(5000);
    let reason = refused(&bed, vec![("_watermill_message_uuid", text(&long))], body()).await;
    assert_eq!(reason, "message id of 5000 bytes, at most 255");
    let nul = refused(&bed, vec![("_watermill_message_uuid", text("a\0b"))], body()).await;
    assert_eq!(nul, "message id of 3 bytes, at most 255");

    let mut table = FieldTable::new();
    table.insert("deep".try_into().expect("short"), FieldValue::F(FieldTable::new()));
    let odd = vec![
        ("a", FieldValue::V),
        ("b", FieldValue::t(true)),
        ("c", FieldValue::l(i64::MIN)),
        ("d", FieldValue::d(1.5)),
        ("e", FieldValue::T(u64::MAX)),
        ("f", FieldValue::F(table)),
        ("g", FieldValue::x(ByteArray::try_from(vec![0xff, 0xfe, 0]).expect("bytes"))),
        ("x-bb-partner-id", text("99999999999999999999")),
        ("x-bb-plan-type", text("'; DROP TABLE effect; --")),
        ("x-bb-order-key", text(&"k".repeat(100_000))),
    ];
    for (n, header) in (7..).zip(odd) {
        bed.publish(vec![header], order(n).to_string().into_bytes()).await;
        bed.expect_effects(&(7..=n).collect::<Vec<_>>()).await;
    }
}

#[actix_web::test]
async fn a_message_that_cannot_be_read_holds_nothing_up() {
    let bed = EventBed::start(true).await;
    let url = bed.app.config.amqp.url.expose().to_owned();
    let publish = |header, n| {
        let (url, body) = (url.clone(), order(n).to_string());
        stranger::publish(&url, bed.queue.name, header, body.as_bytes());
    };
    publish((b"_watermill_message_uuid", b"first"), 1);
    publish((b"bad", b"\xff\xfe"), 2);
    publish((b"\xff\xfe", b"bad"), 3);
    bed.emit("a", &[order(4)]).await;
    for _ in 0..2 {
        let (headers, body) = bed.dead_letter().await;
        assert!(headers["x-error"].starts_with("unreadable"), "{headers:?}");
        assert!(!headers["_watermill_message_uuid"].is_empty() && body.is_empty());
    }
    bed.within(30, "both effects", async || bed.effects().await.len() == 2).await;
    let mut effects = bed.effects().await;
    effects.sort_unstable();
    assert_eq!(effects, [1, 4]);
}
