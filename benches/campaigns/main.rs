//! What campaign profiles cost: `./dev bench campaigns`.
//!
//! One process serves and asks; the stores are those of `./dev`. Every measurement first checks that the
//! answer is the right one.
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

mod messages;
mod search;

use bed::Bed;
use plan::Plan;

/// What can be measured by itself.
const PARTS: [&str; 2] = ["search", "messages"];

#[actix_web::main]
async fn main() {
    let plan = Plan::parse(&PARTS, false);
    let mut rows = Vec::new();
    if plan.has("search") {
        let bed = Bed::new().await;
        rows.extend(search::run(&bed, plan.quick).await);
        bed.end().await;
    }
    if plan.has("messages") {
        rows.extend(messages::run(plan.quick).await);
    }
    plan.finish(&rows);
}
