//! What a search among ten million profiles costs: `./dev bench search`.
//!
//! One process serves and asks; the stores are those of `./dev`. Accounts are generated. Every shape is first
//! asked of PostgreSQL too, and both have to give the same answer.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on ends")]

#[path = "../collections/bed.rs"]
#[expect(dead_code, reason = "other groups use more of it")]
mod bed;
#[path = "../../tests/it/support/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;
#[path = "../gateway/report.rs"]
mod report;

mod changes;
mod load;
mod shapes;
mod users;

use bed::Bed;

/// Accounts unless said otherwise.
const PROFILES: u64 = 10_000_000;
const QUICK: u64 = 200_000;

/// What is measured, and its sizes.
struct Plan {
    json: Option<String>,
    profiles: u64,
    /// First pages of each shape in a round.
    requests: usize,
}

impl Plan {
    fn parse() -> Self {
        let mut plan = Self { json: None, profiles: PROFILES, requests: 20 };
        let mut rest = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE")),
                "--profiles" => {
                    let number = rest.next().and_then(|text| text.parse().ok());
                    plan.profiles = number.expect("--profiles N");
                }
                "--quick" => (plan.profiles, plan.requests) = (QUICK, 5),
                other => panic!("unknown argument {other}: [--json FILE] [--profiles N] [--quick]"),
            }
        }
        plan
    }
}

#[actix_web::main]
async fn main() {
    let plan = Plan::parse();
    let bed = Bed::new().await;
    let mut rows = load::run(&bed, plan.profiles).await;
    let postgres = shapes::Beside::postgres(&bed).await;
    let once = shapes::compare(&bed, &postgres).await;
    let quiet = shapes::times(&bed, plan.requests).await;
    rows.push(shapes::advantage(&bed, &postgres, &once).await);
    rows.extend(users::run(&bed).await);
    rows.extend(changes::run(&bed, plan.profiles).await);
    shapes::compare(&bed, &postgres).await;
    let changed = shapes::times(&bed, plan.requests).await;
    rows.extend(shapes::rows(&quiet, &changed));
    postgres.end().await;
    bed.end().await;
    let all_met = report::print(&rows);
    if let Some(file) = &plan.json {
        report::write(&rows, file);
    }
    if !all_met {
        std::process::exit(1);
    }
}
