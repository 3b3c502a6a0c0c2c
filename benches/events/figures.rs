//! The measurements, each on a database and a queue of its own.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use coffee::core::config::Role;
use futures_util::future::join_all;
use sea_orm::sqlx;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::bed::{Bed, Payload, Serving, TOPIC};

/// Writers at the same time.
const WRITERS: usize = 32;

/// Events per second that the relay takes from a full outbox to the broker's confirm.
pub async fn drain(events: usize) -> f64 {
    let bed = Bed::new().await;
    let rate = drain_on(&bed, events).await;
    bed.end().await;
    rate
}

async fn drain_on(bed: &Bed, events: usize) -> f64 {
    let serving = bed.serve(&[Role::Relay]).await;
    bed.fill(events).await;
    let started = Instant::now();
    serving.wake();
    bed.until("all events are carried", async || serving.carried() >= events as u64).await;
    let rate = events as f64 / started.elapsed().as_secs_f64();
    serving.stop().await;
    rate
}

/// Events per second from a full outbox to their committed effects.
pub async fn through(events: usize) -> f64 {
    let bed = Bed::new().await;
    bed.fill(events).await;
    let started = Instant::now();
    let serving = bed.serve(&[Role::Relay, Role::Listeners]).await;
    bed.until("all effects", async || bed.effects() >= events as u64).await;
    let rate = events as f64 / started.elapsed().as_secs_f64();
    serving.stop().await;
    bed.end().await;
    rate
}

/// p50 and p99 in milliseconds from the moment an event was due until its own transaction was committed,
/// and until its effect was.
pub async fn end_to_end(rate: f64, seconds: u64) -> [[f64; 2]; 2] {
    let bed = Bed::new().await;
    let serving = bed.serve(&[Role::Relay, Role::Listeners]).await;
    let commits = emit_at(&bed, &serving, rate, seconds).await;
    bed.until("all effects", async || bed.effects() >= commits.len() as u64).await;
    serving.stop().await;
    let effects = std::mem::take(&mut *bed.seen.latencies.lock().expect("no panic"));
    bed.end().await;
    [commits, effects].map(|mut micros| {
        micros.sort_unstable();
        [0.5, 0.99].map(|share| micros[(micros.len() as f64 * share) as usize] as f64 / 1000.0)
    })
}

/// p50 and p99 in milliseconds from an event's insert until the broker confirmed it and the outbox
/// forgot it; read from the buckets of the metric, so an upper bound.
pub async fn confirmed(rate: f64, seconds: u64) -> [f64; 2] {
    let bed = Bed::new().await;
    let serving = bed.serve(&[Role::Relay]).await;
    let sent = emit_at(&bed, &serving, rate, seconds).await.len() as u64;
    bed.until("all events are carried", async || serving.carried() >= sent).await;
    let latencies = serving.confirmed([0.5, 0.99]).await;
    serving.stop().await;
    bed.end().await;
    latencies
}

/// Emits events one per transaction at fixed moments, whatever the system does. Microseconds from each of
/// these moments to the commit.
async fn emit_at(bed: &Bed, serving: &Serving, rate: f64, seconds: u64) -> Vec<u64> {
    let total = (rate * seconds as f64) as u64;
    let begin = bed.now() + 100_000;
    let next = AtomicU64::new(0);
    let writer = async || {
        let mut took = Vec::new();
        loop {
            let n = next.fetch_add(1, Ordering::Relaxed);
            if n >= total {
                return took;
            }
            let due = begin + (n as f64 * 1_000_000.0 / rate) as u64;
            let early = due.saturating_sub(bed.now());
            tokio::time::sleep(Duration::from_micros(early)).await;
            let unit = serving.unit();
            let payload = Payload::new(i64::try_from(n).expect("a number"), due);
            let key = Some((n % 1000).to_string());
            unit.emit(TOPIC, key, &payload).expect("emitted");
            unit.commit().await.expect("committed");
            took.push(bed.now().saturating_sub(due));
        }
    };
    join_all((0..WRITERS).map(|_| writer())).await.concat()
}

/// Microseconds of a write with an event, and of one without; in turns, with nobody relaying.
pub async fn write_cost(writes: usize) -> [f64; 2] {
    let bed = Bed::new().await;
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for _ in 0..6 {
        with.push(round(&bed, writes / 6, true).await);
        without.push(round(&bed, writes / 6, false).await);
    }
    bed.end().await;
    [with, without].map(|mut rounds| {
        rounds.sort_by(f64::total_cmp);
        rounds[rounds.len() / 2]
    })
}

async fn round(bed: &Bed, writes: usize, with_event: bool) -> f64 {
    let started = Instant::now();
    for n in 0..writes {
        let unit = bed.unit();
        let payload = Payload::new(i64::try_from(n).expect("a number"), 0);
        let insert = Statement::from_sql_and_values(
            DbBackend::Postgres,
            "INSERT INTO written (text) VALUES ($1)",
            [payload.text.clone().into()],
        );
        let db = unit.write().await.expect("a transaction");
        db.execute_raw(insert).await.expect("written");
        if with_event {
            unit.emit(TOPIC, None, &payload).expect("emitted");
        }
        unit.commit().await.expect("committed");
    }
    started.elapsed().as_secs_f64() * 1_000_000.0 / writes as f64
}

/// Events per second of the relay while an old transaction keeps all deleted rows alive, and without.
pub async fn beside_an_old_transaction(events: usize) -> [f64; 2] {
    let bed = Bed::new().await;
    let mut old = bed.owner.begin().await.expect("a transaction");
    let isolation = "SET TRANSACTION ISOLATION LEVEL REPEATABLE READ";
    sqlx::query(isolation).execute(&mut *old).await.expect("set");
    sqlx::query("SELECT FROM event_outbox").execute(&mut *old).await.expect("a snapshot");
    let mut held = 0.0;
    for _ in 0..3 {
        held = drain_on(&bed, events).await;
    }
    old.rollback().await.expect("ended");
    bed.end().await;
    let bed = Bed::new().await;
    let mut free = 0.0;
    for _ in 0..3 {
        free = drain_on(&bed, events).await;
    }
    bed.end().await;
    [held, free]
}
