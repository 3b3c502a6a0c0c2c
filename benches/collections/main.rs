//! What collections cost: `./dev bench collections`.
//!
//! One process serves and asks; the stores are those of `./dev`. Every measurement first checks that the
//! answer is the right one.
#![expect(clippy::expect_used, clippy::panic, reason = "a measurement that cannot go on ends")]

#[path = "../../tests/it/support/database.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod database;
#[path = "../../tests/it/support/http_fake.rs"]
#[expect(dead_code, reason = "the tests use more of it")]
mod http_fake;
#[path = "../gateway/plan.rs"]
mod plan;
#[path = "../gateway/report.rs"]
mod report;

#[expect(dead_code, reason = "other groups use more of it")]
mod bed;
mod export;
mod items;
mod series;

use bed::Bed;
use plan::Plan;
use report::{Aim, Row};

/// What can be measured by itself.
const PARTS: [&str; 4] = ["add", "page", "series", "export"];

#[actix_web::main]
async fn main() {
    let plan = Plan::parse(&PARTS, false);
    let rounds = if plan.quick { 5 } else { 30 };
    let bed = Bed::new().await;
    let mut rows = Vec::new();
    if plan.has("add") {
        let [posts, profiles] = items::add(&bed, rounds).await;
        for (what, rate) in [("posts", posts), ("profiles", profiles)] {
            let row = Row::new(format!("adding 500 {what}"), rate, "1/s");
            rows.push(row.aims(Aim::AtLeast(10_000.0)));
        }
    }
    if plan.has("page") {
        let [ours, sqlx] = items::page(&bed, rounds * 10).await;
        let row = Row::new("a page of 99 items, p50, beside its SQL by sqlx", ours, "ms");
        rows.push(row.beside(sqlx).aims(Aim::RatioAtMost(1.5)));
    }
    if plan.has("series") {
        let [week, day, covered] = series::run(&bed, rounds.div_ceil(2)).await;
        for (what, [ours, sql], aim) in [
            ("by week, beside PostgreSQL", week, true),
            ("by day, beside PostgreSQL", day, true),
            ("by day, beside an index for it", covered, false),
        ] {
            let row = Row::new(format!("1,000 posts x 365 days {what}"), ours, "ms").beside(sql);
            rows.push(if aim { row.aims(Aim::RatioAtMost(0.1)) } else { row });
        }
    }
    if plan.has("export") {
        let [rate, memory] = export::run(&bed, rounds.div_ceil(6)).await;
        let row = Row::new("rows of a file of 100,000 profiles", rate, "1/s");
        rows.push(row.aims(Aim::AtLeast(50_000.0)));
        let row = Row::new("memory of it above idle", memory, "MB");
        rows.push(row.aims(Aim::AtMost(30.0)));
    }
    bed.end().await;
    plan.finish(&rows);
}
