//! What collections cost: `./dev bench collections`.
//!
//! One process serves and asks; the stores are those of `./dev`. Every measurement first checks that the
//! answer is the right one.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on ends")]

#[path = "../../tests/it/support/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;
#[path = "../gateway/report.rs"]
mod report;

mod bed;
mod items;

use bed::Bed;
use report::{Aim, Row};

/// What can be measured by itself.
const PARTS: [&str; 2] = ["add", "page"];

/// What is measured, and its sizes.
struct Plan {
    json: Option<String>,
    only: Option<String>,
    rounds: usize,
}

impl Plan {
    fn parse() -> Self {
        let mut plan = Self { json: None, only: None, rounds: 30 };
        let mut rest = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE")),
                "--only" => {
                    let name = rest.next().unwrap_or_default();
                    assert!(PARTS.contains(&name.as_str()), "--only {}", PARTS.join("|"));
                    plan.only = Some(name);
                }
                "--quick" => plan.rounds = 5,
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
    let bed = Bed::new().await;
    let mut rows = Vec::new();
    if plan.has("add") {
        let [posts, profiles] = items::add(&bed, plan.rounds).await;
        for (what, rate) in [("posts", posts), ("profiles", profiles)] {
            let row = Row::new(format!("adding 500 {what}"), rate, "1/s");
            rows.push(row.aims(Aim::AtLeast(10_000.0)));
        }
    }
    if plan.has("page") {
        let [ours, sqlx] = items::page(&bed, plan.rounds * 10).await;
        let row = Row::new("a page of 99 items, p50, beside its SQL by sqlx", ours, "ms");
        rows.push(row.beside(sqlx).aims(Aim::RatioAtMost(1.5)));
    }
    bed.end().await;
    report::print(&rows);
    if let Some(file) = &plan.json {
        report::write(&rows, file);
    }
}
