//! Looking at given-up messages, sending them again, dropping them.

use coffee::core::events::{DeadLetterOffice, Selection, Topology};
use coffee::modules::Modules;

use crate::support::events::{EventBed, order_then, subscription};

fn topology(bed: &EventBed) -> Topology {
    Topology { subscriptions: vec![subscription(bed.queue)], publications: Vec::new() }
}

fn ids(selection: &[&str]) -> Selection {
    Selection::Ids(selection.iter().map(|id| (*id).to_owned()).collect())
}

async fn given_up_messages_can_be_sent_again_or_dropped(with_broker: bool) {
    let bed = EventBed::start(with_broker).await;
    // The third attempt of "fail twice" would succeed: a refusal comes at the first one.
    for n in 1..=3 {
        bed.emit("a", &[order_then(n, "refuse once")]).await;
    }
    let topology = topology(&bed);
    let office = DeadLetterOffice::new(&bed.stores, &topology);
    let name = bed.queue.name;
    bed.within(10, "three are given up", async || {
        let queues = office.queues().await.expect("counts");
        queues.iter().any(|one| one.queue == name && one.messages == 3)
    })
    .await;
    let letters = office.list(name, &Selection::First(2)).await.expect("listed");
    assert_eq!(letters.len(), 2);
    assert_eq!((letters[0].error.as_str(), letters[0].attempts), ("not this time", 1));
    assert!(letters[0].body.contains("\"n\""), "{}", letters[0].body);
    assert_eq!(letters[0].headers["x-bb-partner-id"], "10");
    let (first, second) = (letters[0].id.as_str(), letters[1].id.as_str());

    assert_eq!(office.delete(name, &ids(&[first])).await.expect("dropped"), 1);
    assert_eq!(office.delete(name, &ids(&[first])).await.expect("dropped"), 0);
    assert_eq!(office.replay(name, &ids(&[second])).await.expect("replayed"), 1);
    bed.expect_effects(&[2]).await;
    assert_eq!(office.replay(name, &Selection::All).await.expect("replayed"), 1);
    bed.expect_effects(&[2, 3]).await;
    assert!(office.list(name, &Selection::All).await.expect("listed").is_empty());

    let unknown = office.list("nobody_q", &Selection::All).await.expect_err("no such queue");
    assert_eq!(unknown.to_string(), "no such queue: nobody_q (see coffee dlq list)");
}

#[actix_web::test]
async fn given_up_messages_of_the_broker_can_be_sent_again_or_dropped() {
    given_up_messages_can_be_sent_again_or_dropped(true).await;
}

#[actix_web::test]
async fn given_up_messages_of_the_table_can_be_sent_again_or_dropped() {
    given_up_messages_can_be_sent_again_or_dropped(false).await;
}

#[actix_web::test]
async fn events_that_nothing_takes_can_be_sent_again_or_dropped() {
    let bed = EventBed::start(true).await;
    let session = bed.session();
    for n in [1, 2] {
        let payload = order_then(n, "");
        session.emit("test.dx___nobody", None, &payload).expect("emitted");
    }
    session.commit().await.expect("committed");
    let topology = topology(&bed);
    let office = DeadLetterOffice::new(&bed.stores, &topology);
    bed.within(10, "both are kept", async || {
        let kept = office.list("outbox", &Selection::All).await.expect("listed");
        kept.len() == 2 && kept[0].error.contains("NO_ROUTE")
    })
    .await;
    let kept = office.list("outbox", &Selection::All).await.expect("listed");
    assert_eq!(kept[0].headers["topic"], "test.dx___nobody");
    assert_eq!(office.delete("outbox", &ids(&[&kept[0].id])).await.expect("dropped"), 1);
    // Somebody listens now.
    let sql = format!("UPDATE event_outbox SET topic = '{}'", bed.topic());
    bed.app.execute(Box::leak(sql.into_boxed_str())).await;
    assert_eq!(office.replay("outbox", &Selection::All).await.expect("replayed"), 1);
    bed.expect_effects(&[2]).await;
    let bad = office.delete("outbox", &ids(&["x"])).await.expect_err("no number");
    assert_eq!(bad.to_string(), "no such message: x");
}

#[actix_web::test]
async fn every_module_queue_is_looked_after() {
    let bed = EventBed::start(true).await;
    let topology = Modules::new(&bed.app.config).topology();
    let office = DeadLetterOffice::new(&bed.stores, &topology);
    let names: Vec<String> =
        office.queues().await.expect("counts").into_iter().map(|one| one.queue).collect();
    let known = topology.subscriptions.iter().map(|one| one.queue.name);
    assert_eq!(names, known.chain(["outbox"]).collect::<Vec<_>>());
}
