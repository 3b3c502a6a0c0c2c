//! Collections that a job fills from a file.

use actix_web::HttpResponse;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::COLLECTION;
use crate::support::{HttpFake, TestApp, send};

const NO_JOB: &str = "Failed to create job for bulk item import";

async fn start(answer: Value) -> (TestApp, HttpFake) {
    let tracker = HttpFake::start(move |_| HttpResponse::Ok().json(answer.clone())).await;
    let app = TestApp::start_with(&format!("[job_tracker]\nurl = \"{}\"\n", tracker.url)).await;
    (app, tracker)
}

fn job(id: i64) -> Value {
    json!({"status": {"type": "SUCCESS"}, "data": [{"id": id}]})
}

fn file(share_id: &str) -> Value {
    json!({"name": "Launch", "source": "SAAS", "shareId": share_id, "itemsAssetId": 77})
}

#[actix_web::test]
async fn a_file_becomes_a_job_of_the_tracker() {
    let (app, tracker) = start(job(4411)).await;
    let client = app.partner(10, Plan::Saas).await;
    let keyed = || {
        let request = client.request(reqwest::Method::POST, COLLECTION);
        send(request.header("idempotency-key", "k").json(&file("launch-1")))
    };
    let created = keyed().await.success();
    let entry = &created["collections"][0];
    assert_eq!(entry["jobId"], 4411);
    assert_eq!(keyed().await.success(), created, "a repeated request has no second effect");
    let again = client.post(COLLECTION, &file("launch-1")).await.success();
    assert_eq!(again["collections"], created["collections"], "nor has one without a key");
    let seen = tracker.seen();
    assert_eq!(seen.len(), 1);
    assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/job/"));
    let asked = json!({
        "jobType": "ADD_ITEM_TO_POST_COLLECTION", "jobName": "Add Items Collection - Launch",
        "input": {"collectionId": entry["id"]}, "inputAssetInformation": {"id": 77},
    });
    assert_eq!(seen[0].json(), asked);
    let events = app.events().await;
    assert_eq!(events.len(), 1, "one activity: {events:?}");
    assert_eq!(events[0]["incrementCount"], 0);

    let path = format!("{COLLECTION}/{}", entry["id"].as_str().expect("an id"));
    client.put(&path, &json!({"name": "Relaunch", "itemsAssetId": 78})).await.success();
    assert_eq!(tracker.seen()[1].json()["jobName"], "Add Items Collection - Relaunch");
}

#[actix_web::test]
async fn without_a_job_nothing_is_left_of_a_creation_and_all_of_a_change() {
    let (app, tracker) = start(job(1)).await;
    let client = app.partner(10, Plan::Saas).await;
    let created = client.post(COLLECTION, &file("launch-1")).await.success();
    let (before, consumed) = (app.events().await.len(), app.consumed(10, "CAMPAIGN_REPORT").await);
    tracker.answers(|_| HttpResponse::Ok().json(json!({"status": {"type": "ERROR"}, "data": []})));
    client.post(COLLECTION, &file("launch-2")).await.refused("ERROR", NO_JOB);
    let gone = || async { app.count("post_collection").await == 1 };
    app.eventually("the collection is gone again", gone).await;
    assert_eq!(app.events().await.len(), before);
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, consumed);

    let path = format!("{COLLECTION}/{}", created["collections"][0]["id"].as_str().expect("an id"));
    let change = json!({"name": "Relaunch", "itemsAssetId": 78});
    client.put(&path, &change).await.refused("ERROR", NO_JOB);
    let read = client.get(&path).await.success();
    assert_eq!(read["collections"][0]["name"], "Relaunch");
    assert_eq!(read["collections"][0]["jobId"], 1);
    // The share id is free again.
    tracker.answers(|_| HttpResponse::Ok().json(job(2)));
    assert_eq!(
        client.post(COLLECTION, &file("launch-2")).await.success()["collections"][0]["jobId"],
        2
    );
}

#[actix_web::test]
async fn a_consumed_limit_starts_no_job() {
    let (app, tracker) = start(job(1)).await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "CAMPAIGN_REPORT", 3, 3).await;
    client.post(COLLECTION, &file("launch-1")).await.refused("ERROR", "limit consumed");
    assert_eq!((app.count("post_collection").await, tracker.seen().len()), (0, 0));
}
