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
#[path = "../gateway/plan.rs"]
mod plan;
#[path = "../gateway/report.rs"]
mod report;

mod changes;
mod load;
mod shapes;
mod users;

use bed::Bed;
use plan::Plan;

/// Accounts unless said otherwise.
const PROFILES: u64 = 10_000_000;
const QUICK: u64 = 200_000;

/// What can be measured by itself, once the accounts are there.
const PARTS: [&str; 3] = ["pages", "users", "changes"];

#[actix_web::main]
async fn main() {
    let plan = Plan::parse(&PARTS, true);
    let (usual, requests) = if plan.quick { (QUICK, 5) } else { (PROFILES, 20) };
    let profiles = plan.profiles.unwrap_or(usual);
    let bed = match &plan.keep {
        Some(database) => Bed::kept(database).await,
        None => Bed::new().await,
    };
    let mut rows = load::run(&bed, profiles).await;
    let postgres = shapes::Beside::postgres(&bed).await;
    if plan.has("pages") {
        let once = shapes::compare(&bed, &postgres).await;
        rows.extend(shapes::times(&bed, requests, "").await);
        rows.push(shapes::advantage(&bed, &postgres, &once).await);
    }
    if plan.has("users") {
        rows.extend(users::run(&bed).await);
    }
    if plan.has("changes") {
        rows.extend(changes::run(&bed, profiles).await);
        shapes::compare(&bed, &postgres).await;
        rows.extend(shapes::times(&bed, requests, ", 1 % changed").await);
    }
    postgres.end().await;
    bed.end().await;
    plan.finish(&rows);
}
