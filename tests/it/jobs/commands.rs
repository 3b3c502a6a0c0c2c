//! Jobs in a process: `coffee job`, and `coffee serve` with the role.

use serde_json::Value;

use super::until;
use crate::process::server::{Server, coffee, output};
use crate::support::Database;

#[actix_web::test]
async fn jobs_are_listed_and_run_by_hand() {
    let database = Database::create().await;
    let json = |arguments: &[&str]| -> Value {
        let (done, stdout, stderr) = output(coffee(&database, &[]).args(arguments).arg("--json"));
        assert!(done.status.success(), "{stderr}");
        serde_json::from_str(&stdout).expect("JSON")
    };
    let list = || json(&["job", "list"]);
    let names: Vec<Value> =
        list().as_array().expect("a list").iter().map(|job| job["name"].clone()).collect();
    let expected = [
        "usage-reset",
        "charged-searches",
        "contact-flags",
        "locations",
        "search-phrases",
        "warehouse",
        "collection-metrics",
        "profile-search",
        "profile-search-drift",
        "keyword-reports",
        "ended-sessions",
        "housekeeping",
    ];
    assert_eq!(names, expected);
    for job in list().as_array().expect("a list") {
        assert!(job["everySecs"].as_u64() > Some(0) && job["about"].is_string(), "{job}");
        assert!(job["lastStartedAt"].is_null() && job["lastFinishedAt"].is_null(), "{job}");
    }
    for name in expected {
        assert_eq!(json(&["job", "run", name])["name"], name);
    }
    for job in list().as_array().expect("a list") {
        assert!(job["lastStartedAt"].is_string() && job["lastFinishedAt"].is_string(), "{job}");
        assert!(job["lastError"].is_null(), "{job}");
    }
    let at_night = [("COFFEE__JOBS__CRON__SEARCH_PHRASES", "30 3 * * *")];
    let (_, text, _) = output(coffee(&database, &at_night).args(["job", "list"]));
    let line = |name| text.lines().find(|line| line.starts_with(name)).unwrap_or_default();
    assert!(line("usage-reset").contains("every 300 s") && line("usage-reset").contains("IST"));
    let night = line("search-phrases");
    assert!(
        night.contains("30 3 * * * (Asia/Kolkata)") && night.contains("03:30:00 IST"),
        "{text}"
    );
    let typo = [("COFFEE__JOBS__CRON__SEARCHES", "30 3 * * *")];
    let (done, _, stderr) = output(coffee(&database, &typo).args(["job", "list"]));
    assert!(
        !done.status.success() && stderr.contains("no job searches, only usage_reset"),
        "{stderr}"
    );
    let (done, stdout, stderr) = output(coffee(&database, &[]).args(["job", "run", "nothing"]));
    assert_eq!((done.status.code(), stdout.as_str()), (Some(1), ""));
    assert!(stderr.contains("housekeeping"), "{stderr}");
    Database::drop_now(&database.name).await;
}

#[actix_web::test]
async fn a_process_with_the_role_runs_all_jobs() {
    let database = Database::create().await;
    let server = Server::start(&database, &[("COFFEE__ROLES", "jobs")]).await;
    let finished = async || {
        let (_, list, _) = output(coffee(&database, &[]).args(["job", "list", "--json"]));
        let list: Vec<Value> = serde_json::from_str(&list).expect("JSON");
        list.iter().all(|job| job["lastFinishedAt"].is_string() && job["lastError"].is_null())
    };
    until("all jobs are done", finished).await;
    server.signal("TERM");
    let (code, log) = server.wait();
    assert_eq!(code, Some(0), "{log}");
    assert_eq!(log.matches("job done").count(), 12, "{log}");
    Database::drop_now(&database.name).await;
}
