//! What events cost, and how fast they go from a commit to their effect: `./dev bench events`.
//!
//! One process relays, listens and makes the load, so that both cores do all of the work; PostgreSQL
//! and RabbitMQ are those of `./dev`, with durable commits and persistent messages.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on ends")]

#[path = "../../tests/it/support/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;
#[path = "../gateway/report.rs"]
mod report;

mod bed;
mod ceiling;
mod figures;

use report::{Aim, Row};

/// Sizes of the measurement.
struct Plan {
    json: Option<String>,
    events: usize,
    writes: usize,
    seconds: u64,
}

impl Plan {
    fn parse() -> Self {
        let mut plan = Self { json: None, events: 60_000, writes: 2_000, seconds: 15 };
        let mut rest = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE")),
                "--quick" => (plan.events, plan.writes, plan.seconds) = (15_000, 500, 4),
                other => panic!("unknown argument {other}: [--json FILE] [--quick]"),
            }
        }
        plan
    }
}

#[actix_web::main]
async fn main() {
    let plan = Plan::parse();
    println!("events: {} of 300 bytes, {} s per rate", plan.events, plan.seconds);
    let mut rows = Vec::new();
    let ceiling = ceiling::publish(plan.events).await;
    let drained = figures::drain(plan.events).await;
    rows.push(
        Row::new("relay alone, beside RabbitMQ's own ceiling", drained, "1/s")
            .beside(ceiling)
            .aims(Aim::AtLeast(15_000.0)),
    );
    let through = figures::through(plan.events).await;
    rows.push(
        Row::new("commit to committed effect, beside the ceiling", through, "1/s")
            .beside(ceiling)
            .aims(Aim::AtLeast(5_000.0)),
    );
    let half = (through / 2.0).min(2_500.0);
    let [p50, p99] = figures::end_to_end(half, plan.seconds).await;
    rows.push(Row::new(format!("p50 to the effect at {half:.0} events/s"), p50, "ms"));
    rows.push(
        Row::new(format!("p99 to the effect at {half:.0} events/s"), p99, "ms")
            .aims(Aim::AtMost(1000.0)),
    );
    let [p50, p99] = figures::confirmed(500.0, plan.seconds).await;
    rows.push(Row::new("p50 to the confirm at 500 events/s", p50, "ms").aims(Aim::AtMost(5.0)));
    rows.push(Row::new("p99 to the confirm at 500 events/s", p99, "ms").aims(Aim::AtMost(50.0)));
    let [with, without] = figures::write_cost(plan.writes).await;
    rows.push(
        Row::new("write with an event, beside one without", with, "us")
            .beside(without)
            .aims(Aim::RatioAtMost(1.25)),
    );
    let [held, free] = figures::beside_an_old_transaction(plan.events).await;
    rows.push(
        Row::new("relay alone beside an old transaction, and without", held, "1/s").beside(free),
    );
    report::print(&rows);
    if let Some(file) = &plan.json {
        report::write(&rows, file);
    }
}
