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
#[path = "../gateway/report.rs"]
mod report;

mod messages;
mod search;

use bed::Bed;

/// What can be measured by itself.
const PARTS: [&str; 2] = ["search", "messages"];

/// What is measured, and its sizes.
struct Plan {
    json: Option<String>,
    only: Option<String>,
    quick: bool,
}

impl Plan {
    fn parse() -> Self {
        let mut plan = Self { json: None, only: None, quick: false };
        let mut rest = std::env::args().skip(1).filter(|argument| argument != "--bench");
        while let Some(argument) = rest.next() {
            match argument.as_str() {
                "--json" => plan.json = Some(rest.next().expect("--json FILE")),
                "--only" => {
                    let name = rest.next().unwrap_or_default();
                    assert!(PARTS.contains(&name.as_str()), "--only {}", PARTS.join("|"));
                    plan.only = Some(name);
                }
                "--quick" => plan.quick = true,
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
    let mut rows = Vec::new();
    if plan.has("search") {
        let bed = Bed::new().await;
        rows.extend(search::run(&bed, plan.quick).await);
        bed.end().await;
    }
    if plan.has("messages") {
        rows.extend(messages::run(plan.quick).await);
    }
    let all_met = report::print(&rows);
    if let Some(file) = &plan.json {
        report::write(&rows, file);
    }
    if !all_met {
        std::process::exit(1);
    }
}
