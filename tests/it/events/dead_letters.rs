//! Looking at given-up messages, sending them again, dropping them.

use coffee::core::events::{DeadLetterOffice, Handled, Selection, Topology, Unhandled};
use coffee::modules::Modules;
use sea_orm::sqlx;

use crate::process::server::{coffee, output};
use crate::support::Database;
use crate::support::events::{EventBed, order_then, subscription};

fn topology(bed: &EventBed) -> Topology {
    Topology { subscriptions: vec![subscription(bed.queue)], ..Topology::default() }
}

/// So many were handled, and all that were asked for.
fn all(count: usize) -> Handled {
    Handled { count, left: Vec::new() }
}

/// None was handled, because there is no such message.
fn unknown(id: &str) -> Handled {
    let left = vec![Unhandled { id: id.to_owned(), reason: "no such message".to_owned() }];
    Handled { count: 0, left }
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

    assert_eq!(office.delete(name, &ids(&[first])).await.expect("dropped"), all(1));
    assert_eq!(office.delete(name, &ids(&[first])).await.expect("nothing"), unknown(first));
    assert_eq!(office.replay(name, &ids(&[first])).await.expect("nothing"), unknown(first));
    assert_eq!(office.replay(name, &ids(&["no-id"])).await.expect("nothing"), unknown("no-id"));
    assert_eq!(office.replay(name, &ids(&[second])).await.expect("replayed"), all(1));
    bed.expect_effects(&[2]).await;
    assert_eq!(office.replay(name, &Selection::All).await.expect("replayed"), all(1));
    bed.expect_effects(&[2, 3]).await;
    assert!(office.list(name, &Selection::All).await.expect("listed").is_empty());

    let nobody = office.list("nobody_q", &Selection::All).await.expect_err("no such queue");
    assert_eq!(nobody.to_string(), "no such queue: nobody_q (see coffee dlq list)");
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
    let unit = bed.unit();
    for n in [1, 2] {
        let payload = order_then(n, "");
        unit.emit("test.dx___nobody", None, &payload).expect("emitted");
    }
    unit.commit().await.expect("committed");
    let topology = topology(&bed);
    let office = DeadLetterOffice::new(&bed.stores, &topology);
    bed.within(10, "both are kept", async || {
        let kept = office.list("outbox", &Selection::All).await.expect("listed");
        kept.len() == 2 && kept[0].error.contains("NO_ROUTE")
    })
    .await;
    let kept = office.list("outbox", &Selection::All).await.expect("listed");
    assert_eq!(kept[0].headers["topic"], "test.dx___nobody");
    assert_eq!(office.delete("outbox", &ids(&[&kept[0].id])).await.expect("dropped"), all(1));
    // Somebody listens now.
    let sql = format!("UPDATE event_outbox SET topic = '{}'", bed.topic());
    bed.app.execute(Box::leak(sql.into_boxed_str())).await;
    assert_eq!(office.replay("outbox", &Selection::All).await.expect("replayed"), all(1));
    bed.expect_effects(&[2]).await;
    for id in ["x", &kept[0].id] {
        assert_eq!(office.delete("outbox", &ids(&[id])).await.expect("nothing"), unknown(id));
        assert_eq!(office.replay("outbox", &ids(&[id])).await.expect("nothing"), unknown(id));
    }
}

#[actix_web::test]
async fn a_letter_that_cannot_be_sent_again_holds_up_no_other() {
    let bed = EventBed::start(false).await;
    let topology = topology(&bed);
    let office = DeadLetterOffice::new(&bed.stores, &topology);
    let name = bed.queue.name;
    // No JSON; JSON that PostgreSQL cannot store; more than one page of good ones.
    for body in ["no JSON", r#"{"n": 0, "then": "\u0000"}"#] {
        let sql = "INSERT INTO dead_letter (queue, body, error, attempts) VALUES ($1, $2, 'x', 1)";
        let insert = sqlx::query(sql).bind(name).bind(body.as_bytes());
        insert.execute(&bed.app.owner).await.expect("stored");
    }
    let sql = "INSERT INTO dead_letter (queue, body, error, attempts) \
               SELECT $1, convert_to('{\"n\": ' || n || '}', 'UTF8'), 'x', 1 \
               FROM generate_series(1, 45) AS n ORDER BY n";
    sqlx::query(sql).bind(name).execute(&bed.app.owner).await.expect("stored");
    let done = office.replay(name, &Selection::All).await.expect("replayed");
    assert_eq!(done.count, 45);
    let [broken, unstorable] = done.left.as_slice() else { panic!("{done:?}") };
    assert!(broken.reason.contains("no JSON"), "{broken:?}");
    assert!(unstorable.reason.contains("Unicode"), "{unstorable:?}");
    bed.within(30, "the others have their effect", async || bed.effects().await.len() == 45).await;
    let left = office.list(name, &Selection::All).await.expect("listed");
    let left: Vec<&str> = left.iter().map(|letter| letter.id.as_str()).collect();
    assert_eq!(left, [broken.id.as_str(), unstorable.id.as_str()]);
}

#[actix_web::test]
async fn every_module_queue_is_looked_after() {
    let bed = EventBed::start(true).await;
    let topology = Modules::new(&bed.app.config).expect("modules").topology();
    let office = DeadLetterOffice::new(&bed.stores, &topology);
    let names: Vec<String> =
        office.queues().await.expect("counts").into_iter().map(|one| one.queue).collect();
    let known = topology.subscriptions.iter().map(|one| one.queue.name);
    assert_eq!(names, known.chain(["outbox"]).collect::<Vec<_>>());
}

#[actix_web::test]
async fn the_command_fails_for_messages_that_are_not_there() {
    let database = Database::create().await;
    let queue = "upsert_instagram_account_q";
    for (action, word) in [("replay", "0 replayed"), ("drop", "0 dropped"), ("show", "")] {
        for queue in [queue, "outbox"] {
            let (done, stdout, stderr) =
                output(coffee(&database, &[]).args(["dlq", action, queue, "77", "nonsense"]));
            assert_eq!(done.status.code(), Some(1), "{action}: {stdout}{stderr}");
            assert_eq!(stdout.trim(), word, "{action}");
            assert!(stderr.contains("77") && stderr.contains("nonsense"), "{action}: {stderr}");
            assert!(stderr.contains("no such message"), "{action}: {stderr}");
        }
    }
    Database::drop_now(&database.name).await;
}
