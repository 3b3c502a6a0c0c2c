//! Messages that cannot be handled.

use super::bed::Bed;
use super::process::within;
use super::server::{QUEUE, Write};

pub async fn messages_that_are_given_up_hold_nothing_up() {
    let mut bed = Bed::start(true).await;
    bed.settings.deadline_ms = 500;
    let mut server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    for effect in ["poison", "panic", "hang", ""] {
        let write = Write { id: load.id(), key: 1, effect: effect.to_owned(), ..Write::default() };
        load.write(&write).await;
    }
    within(30, "the queue moves on", async || {
        bed.number("SELECT count(*) FROM fault_effect WHERE id = 4").await == 1
    })
    .await;
    assert_eq!(bed.number("SELECT count(*) FROM fault_effect").await, 1, "effects of what failed");
    assert!(server.process.end("TERM", 45).await, "the server failed at its stop");
    let given_up = bed.given_up().await;
    let [poison, panic, hang] = given_up.as_slice() else { panic!("given up: {given_up:?}") };
    assert!(poison.starts_with("invalid payload: invalid type: string"), "{poison}");
    assert_eq!(
        (panic.as_str(), hang.as_str()),
        ("panicked: as the message says", "deadline passed")
    );
    let broker = bed.broker.as_ref().expect("started with one");
    assert_eq!(broker.waiting(QUEUE.name).await, 0, "messages are left");
}
