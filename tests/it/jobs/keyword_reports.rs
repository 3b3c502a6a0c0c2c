//! Reports that have not come are asked for again.

use serde_json::{Value, json};

use super::run;
use crate::support::TestApp;

const JOB: &str = "keyword-reports";

async fn seed(app: &TestApp, id: &str, hours: i64, columns: Value) {
    let mut row = json!({
        "id": id, "share_id": id, "name": id, "partner_id": 10, "platform": "YOUTUBE",
        "keywords": ["tea"], "start_time": "2024-06-01T00:00:00+05:30",
        "end_time": "2024-06-30T23:00:00+05:30", "created_by": "1",
    });
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    app.seed("keyword_collection", &row).await;
    app.execute(&format!(
        "UPDATE keyword_collection SET created_at = now() - interval '{hours} hours' - interval '1 minute' \
         WHERE id = '{id}'"
    ))
    .await;
}

#[actix_web::test]
async fn those_of_enabled_collections_that_are_two_hours_old() {
    let app = TestApp::start().await;
    let whole = json!({
        "report_bucket": "reports", "report_path": "a", "demography_report_path": "b",
    });
    seed(&app, "old", 2, json!({})).await;
    seed(&app, "foreign", 300, json!({"partner_id": 20})).await;
    seed(&app, "half", 3, json!({"report_bucket": "reports", "report_path": "a"})).await;
    seed(&app, "young", 1, json!({})).await;
    seed(&app, "removed", 3, json!({"enabled": false})).await;
    seed(&app, "finished", 3, whole).await;
    assert_eq!(run(&app, JOB).await, 3);
    let mut jobs = app.events().await;
    jobs.sort_by_key(|job| job["job_id"].to_string());
    let ids: Vec<_> = jobs.iter().map(|job| job["job_id"].as_str().expect("an id")).collect();
    assert_eq!(ids, ["TEST_KC_foreign", "TEST_KC_half", "TEST_KC_old"]);
    let job = json!({
        "job_id": "TEST_KC_old", "keywords": ["tea"], "platform": "YOUTUBE",
        "start_date": "2024-06-01", "end_date": "2024-06-30",
    });
    assert_eq!(jobs[2], job);
    let topics = "SELECT string_agg(DISTINCT topic, ',') FROM event_outbox";
    assert_eq!(app.value(topics).await.as_deref(), Some("beat.dx___keyword_collection_rk"));
    assert_eq!(app.count("activity_tracker").await, 0, "nobody is charged or logged");
    assert_eq!(run(&app, JOB).await, 3, "as long as they have not come");
}

#[actix_web::test]
async fn a_thousand_collections_are_asked_for_once_each() {
    let app = TestApp::start().await;
    app.execute(
        "INSERT INTO keyword_collection (id, share_id, name, partner_id, platform, keywords, \
             start_time, end_time, created_by, created_at) \
         SELECT 'id' || n, 's' || n, 'n', 10, 'INSTAGRAM', '{tea}', now(), now(), '1', \
             now() - interval '1 day' FROM generate_series(1, 1000) n",
    )
    .await;
    assert_eq!(run(&app, JOB).await, 1000);
    let asked = app.value("SELECT count(DISTINCT payload->>'job_id') FROM event_outbox").await;
    assert_eq!((asked.as_deref(), app.count("event_outbox").await), (Some("1000"), 1000));
}
