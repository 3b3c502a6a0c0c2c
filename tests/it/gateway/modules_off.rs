//! Modules that an installation does without.

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::config::Config;
use coffee::core::events::Topology;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::modules::Modules;
use serde_json::{Value, json};

use crate::support::TestApp;

const BOARD: &str = "/leaderboard-service/api/leaderboard/ALL";

#[actix_web::test]
async fn the_routes_of_a_module_that_is_off_say_when_to_ask_again() {
    let app = TestApp::start_with("[modules]\noff = [\"leaderboard\"]").await;
    let client = app.partner(10, Plan::Paid).await;
    let answer = client.post(BOARD, &json!({})).await;
    assert_eq!(answer.code, 503);
    assert_eq!(answer.headers["retry-after"], "60");
    assert_eq!(answer.json()["status"]["code"], "unavailable");
    assert_eq!(app.anonymous().post(BOARD, &json!({})).await.code, 401, "not for strangers");
    assert_eq!(client.get("/activity-service/api/activity/1").await.code, 200, "others serve");

    let readiness = reqwest::get(format!("{}/readyz", app.operations)).await.expect("answers");
    assert_eq!(readiness.status(), 200);
    let readiness: Value = readiness.json().await.expect("JSON");
    assert_eq!(readiness["modules"]["leaderboard"], "off");
    assert_eq!(readiness["modules"]["collection-group"], "on");
    assert_eq!(readiness["modules"]["content"], "waits for clickhouse");
}

#[actix_web::test]
async fn jobs_and_messages_of_a_module_that_is_off_rest() {
    let off = "[modules]\noff = [\"usage\", \"leaderboard\"]";
    let modules = Modules::new(&Config::from_toml(off).expect("a configuration")).expect("known");
    let jobs: Vec<_> = modules.jobs.iter().map(|job| job.name).collect();
    assert!(!jobs.contains(&"usage-reset") && jobs.contains(&"locations"), "{jobs:?}");
    let declared = modules.topology().publications;
    assert!(declared.iter().any(|queue| queue.name == "activity_tracker_q"), "others charge");

    let app = TestApp::start_with_events(false, off, Topology::default()).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let deadline = Instant::now() + Duration::from_secs(10);
    let unit = UnitOfWork::new(stores, Arc::new(Caller::default()), deadline);
    for (topic, payload) in [
        ("jobtracker.dx___download_leaderboard", json!({"id": 1})),
        ("upserttracker.dx___upsert_instagram_account", json!({"ig_id": "77", "handle": "asha"})),
    ] {
        unit.emit(topic, Some(topic.to_owned()), &payload).expect("emitted");
    }
    unit.commit().await.expect("committed");
    app.eventually("the other event is handled", async || {
        app.count("instagram_account").await == 1 && app.count("event_outbox").await == 1
    })
    .await;
}

#[test]
fn only_modules_that_exist_can_be_off() {
    let config = Config::from_toml("[modules]\noff = [\"leaderbord\"]").expect("a configuration");
    let refused = Modules::new(&config).err().expect("refused").to_string();
    assert!(refused.contains("modules.off") && refused.contains("leaderboard"), "{refused}");
}
