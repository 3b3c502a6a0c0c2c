//! The command as it is typed.

use std::process::{Command, Output};

use serde_json::Value;

use super::{Folder, demo};
use crate::support::TestApp;

fn coffee(app: &TestApp, arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_coffee"))
        .args(arguments)
        .env("COFFEE__POSTGRES__OWNER_URL", app.config.postgres.owner_url.expose())
        .env("COFFEE__CLICKHOUSE__URL", &app.config.clickhouse.url)
        .env("COFFEE__CLICKHOUSE__DATABASE", &app.config.clickhouse.database)
        .output()
        .expect("the command runs")
}

#[actix_web::test]
async fn prints_its_summary() {
    let app = TestApp::start_with_clickhouse().await;
    let file = demo("instagram_influencers_2022_09.csv.zst").display().to_string();
    let done = coffee(&app, &["import", "instagram", &file, "--json"]);
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
    assert!(done.stderr.is_empty(), "no progress bar without a terminal");
    let summary: Value = serde_json::from_slice(&done.stdout).expect("JSON");
    assert_eq!(
        (summary["read"].as_u64(), summary["accountsCreated"].as_u64()),
        (Some(983), Some(983))
    );
    assert!(summary["peakMemoryBytes"].as_u64().is_some_and(|bytes| bytes < 300_000_000));
    let done = coffee(&app, &["import", "instagram", &file]);
    let text = String::from_utf8_lossy(&done.stdout);
    assert!(text.starts_with("rows      983 read, 983 imported, 0 skipped\n"), "{text}");
    assert!(text.contains("0 created, 0 updated, 983 unchanged"), "{text}");
}

#[actix_web::test]
async fn a_file_that_is_not_there_ends_with_code_1() {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let absent = folder.0.join("absent.csv").display().to_string();
    let done = coffee(&app, &["import", "instagram", &absent]);
    assert_eq!(done.status.code(), Some(1));
    let text = String::from_utf8_lossy(&done.stderr);
    assert!(text.starts_with(&format!("coffee: cannot open {absent}: ")), "{text}");
    assert!(done.stdout.is_empty());
}
