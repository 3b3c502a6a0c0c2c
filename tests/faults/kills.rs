//! Servers and brokers that are killed and stopped while clients write.

use std::time::{Duration, Instant};

use futures_util::join;
use rand::RngExt as _;

use super::bed::Bed;
use super::broker::Broker;
use super::load::Load;
use super::runner::moments;
use super::server::Server;

pub async fn kills_of_server_and_broker() {
    let over = Duration::from_secs(110);
    let mut bed = Bed::start(true).await;
    let mut broker = bed.broker.take().expect("started with one");
    let mut server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    let kills = sorted_moments(20, over);
    join!(
        load.run(24, 10_000, over),
        end_servers(&bed, &load, &mut server, ("KILL", &kills)),
        end_brokers(&mut broker, 5, over),
    );
    bed.broker = Some(broker);
    let written = load.written();
    assert_eq!(written.acknowledged.len(), 10_000);
    assert_eq!(written.failures, Vec::<String>::new(), "whoever gets an answer gets the right one");
    bed.settle(vec![server], &written).await;
    bed.verify_order().await;
}

pub async fn kills_without_a_broker() {
    let over = Duration::from_secs(25);
    let bed = Bed::start(false).await;
    let mut server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    let kills = sorted_moments(8, over);
    let ends = end_servers(&bed, &load, &mut server, ("KILL", &kills));
    join!(load.run(16, 2_500, over), ends);
    let written = load.written();
    assert_eq!(written.acknowledged.len(), 2_500);
    bed.settle(vec![server], &written).await;
    bed.verify_order().await;
}

pub async fn a_stop_under_load_loses_and_doubles_nothing() {
    for with_broker in [true, false] {
        let over = Duration::from_secs(15);
        let bed = Bed::start(with_broker).await;
        let mut server = bed.server().await;
        let load = bed.load();
        load.addresses.set(&[&server.public]);
        let stops = sorted_moments(4, over);
        let ends = end_servers(&bed, &load, &mut server, ("TERM", &stops));
        join!(load.run(16, 2_000, over), ends);
        let written = load.written();
        assert_eq!(written.acknowledged.len(), 2_000);
        bed.settle(vec![server], &written).await;
        bed.verify_order().await;
    }
}

/// Ends the server at these moments and starts another one.
async fn end_servers(
    bed: &Bed,
    load: &Load,
    server: &mut Server,
    (signal, at): (&str, &[Duration]),
) {
    let started = Instant::now();
    for moment in at {
        tokio::time::sleep_until((started + *moment).into()).await;
        let success = server.process.end(signal, 45).await;
        assert!(success || signal == "KILL", "the server failed at its stop");
        *server = bed.server().await;
        load.addresses.set(&[&server.public]);
    }
}

/// Stops and kills the broker in turns, at a random moment of each part of the time.
async fn end_brokers(broker: &mut Broker, times: u32, over: Duration) {
    let (started, part) = (Instant::now(), over / times);
    let mut random = moments();
    for number in 0..times {
        let at = part * number + random.random_range(Duration::ZERO..part / 2);
        let away = random.random_range(Duration::ZERO..Duration::from_secs(2));
        tokio::time::sleep_until((started + at).into()).await;
        broker.end(if number % 2 == 0 { "TERM" } else { "KILL" }).await;
        tokio::time::sleep(away).await;
        broker.launch().await;
    }
}

fn sorted_moments(count: usize, over: Duration) -> Vec<Duration> {
    let mut random = moments();
    let mut all: Vec<_> = (0..count).map(|_| random.random_range(Duration::ZERO..over)).collect();
    all.sort_unstable();
    all
}
