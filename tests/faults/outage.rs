//! The broker is away.

use std::time::{Duration, Instant};

use futures_util::join;

use super::bed::Bed;

const BEFORE: Duration = Duration::from_secs(10);
const AWAY: Duration = Duration::from_secs(60);
/// More than requests may lose to what happens behind them.
const MARGIN: Duration = Duration::from_millis(100);

pub async fn the_broker_is_away_for_a_minute() {
    let mut bed = Bed::start(true).await;
    let mut broker = bed.broker.take().expect("started with one");
    let server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    let started = Instant::now();
    let writing = load.run(8, 7_000, BEFORE + AWAY);
    let outage = async {
        tokio::time::sleep_until((started + BEFORE).into()).await;
        broker.end("TERM").await;
        tokio::time::sleep_until((started + BEFORE + AWAY).into()).await;
    };
    join!(writing, outage);
    let waiting = bed.number("SELECT count(*) FROM event_outbox").await;
    broker.launch().await;
    bed.broker = Some(broker);
    let back = Instant::now();
    let written = load.written();
    assert_eq!((written.lost, &written.failures), (0, &Vec::new()), "requests failed");
    // Connections and caches are cold in the first seconds.
    let (before, during) = (written.p99(BEFORE / 2, BEFORE), written.p99(BEFORE, BEFORE + AWAY));
    println!("  p99 of a write: {before:?} before, {during:?} while the broker was away");
    assert!(during < before * 3 + MARGIN, "writes are slower while the broker is away");
    assert!(waiting > 4_000, "the backlog is {waiting} events");
    bed.drained(120).await;
    println!("  a backlog of {waiting} events was gone after {:?}", back.elapsed());
    bed.settle(vec![server], &written).await;
    bed.verify_order().await;
}
