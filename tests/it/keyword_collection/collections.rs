//! Collections are made, and ask for their reports.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{COLLECTION, new};
use crate::support::TestApp;

const FULL: &str =
    "you are not allowed to create more than 5 collections. Please upgrade your account";

/// Topics and payloads of the events that wait, oldest first.
async fn outbox(app: &TestApp) -> Vec<(String, Value)> {
    let sql = "SELECT coalesce(jsonb_agg(jsonb_build_array(topic, payload) ORDER BY id), '[]') \
               FROM event_outbox";
    let rows = app.value(sql).await.expect("events");
    serde_json::from_str(&rows).expect("JSON")
}

#[actix_web::test]
async fn a_new_collection_asks_for_its_report_and_is_logged() {
    let app = TestApp::start_with("[clickhouse]\nurl = \"\"\n[app]\njob_prefix = \"PROD\"\n").await;
    let client = app.partner(10, Plan::Saas).await;
    let usage = "SELECT jsonb_agg(u ORDER BY id) FROM partner_usage u";
    let before = app.value(usage).await;
    let body = new(&["apple", "zebra", "mango", "banana"]);
    let created = client.post(COLLECTION, &body).await.success();
    assert_eq!(created["status"]["message"], "Record Created Successfully");
    let entry = &created["collections"][0];
    let keywords = json!(["apple", "zebra", "mango", "banana"]);
    assert_eq!(
        (&entry["name"], &entry["keywords"]),
        (&json!("zebra, mango, banana..."), &keywords)
    );
    let id = entry["id"].as_str().expect("an id");
    let told = outbox(&app).await;
    let jobs: Vec<_> =
        told.iter().filter(|(topic, _)| topic == "beat.dx___keyword_collection_rk").collect();
    let job = json!({
        "job_id": format!("PROD_KC_{id}"), "keywords": keywords, "platform": "INSTAGRAM",
        "start_date": "2024-06-01", "end_date": "2024-06-30",
    });
    assert_eq!(jobs.iter().map(|(_, job)| job).collect::<Vec<_>>(), [&job]);
    let events: Vec<_> =
        told.iter().filter(|(topic, _)| topic == "coffee.dx___activity_tracker_rk").collect();
    assert_eq!((told.len(), events.len()), (2, 1));
    let event = &events[0].1;
    let named = (&event["moduleName"], &event["activityName"], &event["incrementCount"]);
    assert_eq!(named, (&json!("TOPIC_RESEARCH"), &json!("TOPIC_RESEARCH"), &json!(4)));
    let meta: Value =
        serde_json::from_str(event["activityMeta"].as_str().expect("a text")).expect("JSON");
    let expected = json!({
        "id": id, "platform": "INSTAGRAM",
        "result": {"name": "zebra, mango, banana...", "keywords": keywords},
    });
    assert_eq!(meta, expected);
    assert_eq!(app.count("activity_tracker WHERE type = 'TOPIC_RESEARCH'").await, 1);
    assert_eq!(app.count("activity_tracker").await, 1);
    assert_eq!(app.value(usage).await, before);

    // The report is asked for again, and nothing is logged again.
    let again = client.get(&format!("{COLLECTION}/{id}/createReport")).await.success();
    assert_eq!(again["status"]["message"], "Report Job Created Successfully");
    let told = outbox(&app).await;
    assert_eq!((told.len(), &told[2].1), (3, &job));
}

#[actix_web::test]
async fn what_is_missing_is_refused_and_stores_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let without = |member: &str| {
        let mut body = new(&["tea"]);
        body.as_object_mut().expect("an object").remove(member);
        body
    };
    let with = |member: &str, value: Value| {
        let mut body = new(&["tea"]);
        body[member] = value;
        body
    };
    let refused = [
        without("keywords"),
        without("platform"),
        without("startTime"),
        without("endTime"),
        with("keywords", json!([" ", ""])),
        with("platform", json!("GCC")),
        with("startTime", json!(super::JUNE.1 + 1)),
    ];
    for body in refused {
        let text = "bad Request - Missing mandatory fields";
        client.post(COLLECTION, &body).await.refused("ERROR", text);
    }
    let twice = with("keywords", json!([" tea ", "tea", "Tea"]));
    let stored = client.post(COLLECTION, &twice).await.success();
    assert_eq!(stored["collections"][0]["keywords"], json!(["tea", "Tea"]));
    let share_id = with("shareId", stored["collections"][0]["shareId"].clone());
    client.post(COLLECTION, &share_id).await.refused("ERROR", "share id already in use");
    assert_eq!((app.count("keyword_collection").await, outbox(&app).await.len()), (1, 2));
}

#[actix_web::test]
async fn parallel_creations_never_take_more_places_than_the_free_plan_has() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let create = |keywords: &'static [&'static str]| {
        let client = client.clone();
        async move { client.post(COLLECTION, &new(keywords)).await.status() }
    };
    let six = &["a", "b", "c", "d", "e", "f"];
    let many = "you are not allowed to add more than 5 keywords in one collection. \
                Please upgrade your account";
    assert_eq!(create(six).await, ("ERROR".to_owned(), many.to_owned()));
    let all = join_all((0..9).map(|_| create(&["tea"]))).await;
    let refused: Vec<_> = all.iter().filter(|(status, _)| status == "ERROR").collect();
    assert_eq!(refused.len(), 4, "{all:?}");
    assert!(refused.iter().all(|(_, message)| message == FULL), "{refused:?}");
    assert_eq!(app.count("keyword_collection").await, 5);
    assert_eq!(outbox(&app).await.len(), 10, "a job and an activity each");
    app.execute("UPDATE keyword_collection SET enabled = false").await;
    assert_eq!(create(six).await.1, FULL, "removed ones count, and are asked for first");
    let other = app.partner(20, Plan::Free).await;
    other.post(COLLECTION, &new(&["tea"])).await.success();
}
