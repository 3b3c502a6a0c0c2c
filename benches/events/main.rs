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

/// Events per second that have to get from a commit to their effect.
const THROUGH: f64 = 5_000.0;

/// What can be measured by itself.
const PARTS: [&str; 4] = ["throughput", "latency", "write", "old"];

/// What is measured, and its sizes.
struct Plan {
    json: Option<String>,
    only: Option<String>,
    events: usize,
    writes: usize,
    seconds: u64,
}

impl Plan {
    fn parse() -> Self {
        let mut plan = Self { json: None, only: None, events: 60_000, writes: 2_000, seconds: 15 };
        let mut rest = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE")),
                "--only" => {
                    let name = rest.next().unwrap_or_default();
                    assert!(PARTS.contains(&name.as_str()), "--only {}", PARTS.join("|"));
                    plan.only = Some(name);
                }
                "--quick" => (plan.events, plan.writes, plan.seconds) = (15_000, 500, 4),
                other => panic!("unknown argument {other}: [--json FILE] [--only NAME] [--quick]"),
            }
        }
        plan
    }

    fn has(&self, name: &str) -> bool {
        self.only.as_deref().is_none_or(|only| only == name)
    }
}

#[actix_web::main]
async fn main() {
    let plan = Plan::parse();
    println!("events: {} of 300 bytes, {} s per rate", plan.events, plan.seconds);
    let mut rows = Vec::new();
    if plan.has("throughput") {
        rows.extend(throughput(&plan).await);
    }
    if plan.has("latency") {
        rows.extend(latency(&plan).await);
    }
    if plan.has("write") {
        let [with, without] = figures::write_cost(plan.writes).await;
        let row = Row::new("write with an event, beside one without", with, "us");
        rows.push(row.beside(without).aims(Aim::RatioAtMost(1.25)));
    }
    if plan.has("old") {
        let [held, free] = figures::beside_an_old_transaction(plan.events).await;
        let row = Row::new("relay alone beside an old transaction, and without", held, "1/s");
        rows.push(row.beside(free));
    }
    report::print(&rows);
    if let Some(file) = &plan.json {
        report::write(&rows, file);
    }
}

async fn throughput(plan: &Plan) -> [Row; 2] {
    let ceiling = ceiling::publish(plan.events).await;
    let drained = figures::drain(plan.events).await;
    let through = figures::through(plan.events).await;
    [
        Row::new("relay alone, beside RabbitMQ's own ceiling", drained, "1/s")
            .beside(ceiling)
            .aims(Aim::AtLeast(15_000.0)),
        Row::new("commit to committed effect, beside the ceiling", through, "1/s")
            .beside(ceiling)
            .aims(Aim::AtLeast(THROUGH)),
    ]
}

async fn latency(plan: &Plan) -> [Row; 5] {
    let half = THROUGH / 2.0;
    let [commit_took, effect_took] = figures::end_to_end(half, plan.seconds).await;
    let confirm_took = figures::confirmed(500.0, plan.seconds).await;
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
