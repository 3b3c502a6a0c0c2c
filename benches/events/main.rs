//! What events cost, and how fast they go from a commit to their effect: `./dev bench events`.
//!
//! One process relays, listens and makes the load, so that both cores do all of the work; PostgreSQL
//! and RabbitMQ are those of `./dev`, with durable commits and persistent messages.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on ends")]

#[path = "../../tests/it/support/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;
#[path = "../gateway/plan.rs"]
mod plan;
#[path = "../gateway/report.rs"]
mod report;

mod bed;
mod ceiling;
mod figures;

use plan::Plan;
use report::{Aim, Row};

/// Events per second that have to get from a commit to their effect.
const THROUGH: f64 = 5_000.0;

/// What can be measured by itself.
const PARTS: [&str; 4] = ["throughput", "latency", "write", "old"];

#[derive(Clone, Copy)]
struct Sizes {
    events: usize,
    writes: usize,
    seconds: u64,
}

const FULL: Sizes = Sizes { events: 60_000, writes: 2_000, seconds: 15 };
const QUICK: Sizes = Sizes { events: 15_000, writes: 500, seconds: 4 };

#[actix_web::main]
async fn main() {
    let plan = Plan::parse(&PARTS, false);
    let sizes = if plan.quick { QUICK } else { FULL };
    println!("events: {} of 300 bytes, {} s per rate", sizes.events, sizes.seconds);
    let mut rows = Vec::new();
    if plan.has("throughput") {
        rows.extend(throughput(sizes).await);
    }
    if plan.has("latency") {
        rows.extend(latency(sizes).await);
    }
    if plan.has("write") {
        let [with, without] = figures::write_cost(sizes.writes).await;
        let row = Row::new("write with an event, beside one without", with, "us");
        rows.push(row.beside(without).aims(Aim::RatioAtMost(1.25)));
    }
    if plan.has("old") {
        let [held, free] = figures::beside_an_old_transaction(sizes.events).await;
        let row = Row::new("relay alone beside an old transaction, and without", held, "1/s");
        rows.push(row.beside(free));
    }
    plan.finish(&rows);
}

async fn throughput(sizes: Sizes) -> [Row; 2] {
    let ceiling = ceiling::publish(sizes.events).await;
    let drained = figures::drain(sizes.events).await;
    let through = figures::through(sizes.events).await;
    [
        Row::new("relay alone, beside RabbitMQ's own ceiling", drained, "1/s")
            .beside(ceiling)
            .aims(Aim::AtLeast(15_000.0)),
        Row::new("commit to committed effect, beside the ceiling", through, "1/s")
            .beside(ceiling)
            .aims(Aim::AtLeast(THROUGH)),
    ]
}

async fn latency(sizes: Sizes) -> [Row; 5] {
    let half = THROUGH / 2.0;
    let [commit_took, effect_took] = figures::end_to_end(half, sizes.seconds).await;
    let confirm_took = figures::confirmed(500.0, sizes.seconds).await;
    let effect = |share: &str, took| {
        Row::new(format!("{share} to the effect at {half:.0} events/s"), took, "ms")
    };
    let confirm =
        |share: &str, took| Row::new(format!("{share} to the confirm at 500 events/s"), took, "ms");
    [
        Row::new(format!("p99 to the commit at {half:.0} events/s"), commit_took[1], "ms"),
        effect("p50", effect_took[0]),
        effect("p99", effect_took[1]).aims(Aim::AtMost(1000.0)),
        confirm("p50", confirm_took[0]).aims(Aim::AtMost(5.0)),
        confirm("p99", confirm_took[1]).aims(Aim::AtMost(50.0)),
    ]
}
