//! The command as it is typed.

use std::process::{Command, Output};

use sea_orm::sqlx;
use serde_json::Value;

use super::{Folder, demo};
use crate::support::TestApp;

pub(super) fn coffee(app: &TestApp, arguments: &[&str]) -> Output {
    command(app, arguments).output().expect("the command runs")
}

fn command(app: &TestApp, arguments: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_coffee"));
    command
        .args(arguments)
        .env("COFFEE__POSTGRES__OWNER_URL", app.config.postgres.owner_url.expose())
        .env("COFFEE__CLICKHOUSE__URL", &app.config.clickhouse.url)
        .env("COFFEE__CLICKHOUSE__DATABASE", &app.config.clickhouse.database);
    command
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

#[actix_web::test]
async fn no_transaction_is_open_while_clickhouse_derives() {
    // Key of the lock that keeps rebuilds apart.
    const REBUILD: i64 = 0x7761_7265_686f_7573;
    let app = TestApp::start_with_clickhouse().await;
    let mut other = app.owner.acquire().await.expect("a connection");
    let lock = sqlx::query("SELECT pg_advisory_lock($1)").bind(REBUILD);
    lock.execute(&mut *other).await.expect("another import rebuilds");
    let file = demo("instagram_influencers_2022_09.csv.zst").display().to_string();
    let mut command = command(&app, &["import", "instagram", &file]);
    let import = std::thread::spawn(move || command.output().expect("the command runs"));
    app.eventually("the places are committed before the rebuild's turn", || async {
        app.count("locations").await > 0
    })
    .await;
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND state <> 'active'";
    assert_eq!(app.value(open).await.as_deref(), Some("0"));
    assert!(!import.is_finished());
    let unlock = sqlx::query("SELECT pg_advisory_unlock($1)").bind(REBUILD);
    unlock.execute(&mut *other).await.expect("unlocked");
    let done = import.join().expect("no panic");
    assert!(done.status.success(), "{}", String::from_utf8_lossy(&done.stderr));
}
