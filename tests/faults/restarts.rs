//! PostgreSQL goes away and comes back under the same servers.

use std::time::{Duration, Instant};

use futures_util::join;
use rand::RngExt as _;

use super::bed::Bed;
use super::postgres::PostgresServer;
use super::runner::moments;

const OVER: Duration = Duration::from_secs(45);
/// A fast stop, an immediate one, after which PostgreSQL has to recover, and one that takes longer than
/// all attempts at a message; how long it is away beyond its start, in seconds.
const ENDS: [(&str, u64); 3] = [("INT", 0), ("QUIT", 0), ("QUIT", 25)];

pub async fn postgresql_restarts_under_load(with_broker: bool) {
    let mut bed = Bed::start(with_broker).await;
    // Handlers are nearly always busy: there are messages in work whenever it goes.
    bed.settings.pause_ms = 50;
    let mut server = bed.server().await;
    let load = bed.load();
    load.addresses.set(&[&server.public]);
    join!(load.run(16, 3_000, OVER), restart(&mut bed.postgres));
    assert!(!server.process.has_ended(), "the server went with it");
    let written = load.written();
    assert_eq!(written.acknowledged.len(), 3_000);
    bed.settle(vec![server], &written).await;
}

async fn restart(postgres: &mut PostgresServer) {
    let (started, part) = (Instant::now(), OVER / 4);
    let mut random = moments();
    for ((signal, away), number) in ENDS.into_iter().zip(0..) {
        let at = part * number + random.random_range(Duration::ZERO..part / 2);
        tokio::time::sleep_until((started + at).into()).await;
        postgres.end(signal).await;
        tokio::time::sleep(Duration::from_secs(away)).await;
        postgres.launch().await;
    }
}
