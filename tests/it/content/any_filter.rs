//! No filter makes ClickHouse fail.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::test_runner::{Config, TestCaseError, TestRunner};
use serde_json::json;

use super::{COLUMNS, TRENDING, listing};
use crate::support::{TestApp, filter_values, rows};

fn filters() -> impl Strategy<Value = (&'static str, &'static str, String)> {
    let operators =
        proptest::sample::select(vec!["EQ", "NE", "LIKE", "GTE", "LTE", "GT", "LT", "IN", "NOTIN"]);
    let names = COLUMNS.iter().map(|column| column.name).chain(["published_at", "id"]);
    let names = proptest::sample::select(names.collect::<Vec<_>>());
    (operators, names, filter_values())
}

#[test]
fn any_filter_is_refused_or_answered() {
    let system = actix_web::rt::System::new();
    let app = system.block_on(TestApp::start_with_clickhouse());
    let list = system.block_on(async {
        app.seed_clickhouse("trending_content", &rows(&json!({}), COLUMNS)).await;
        listing(&app).await
    });
    let answered = Cell::new(0);
    let config = Config { failure_persistence: None, ..Config::with_cases(300) };
    let outcome = TestRunner::new(config).run(&filters(), |(operator, field, value)| {
        let filters = [(operator, field, value.as_str())];
        let answer = system.block_on(list.client.list(TRENDING, &filters));
        match answer.status() {
            (status, _) if status == "SUCCESS" => answered.set(answered.get() + 1),
            (status, message) => {
                prop_assert_eq!(status, "500");
                prop_assert_eq!(message, "invalid Request");
            }
        }
        Ok::<(), TestCaseError>(())
    });
    outcome.expect("no statement fails");
    assert!(answered.get() > 50, "only {} filters were answered", answered.get());
}
