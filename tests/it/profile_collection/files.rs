//! Collections that a job fills: from a file, or from another collection.

use actix_web::HttpResponse;
use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use super::{COLLECTION, at};
use crate::support::{HttpFake, TestApp, send};

const NO_JOB: &str = "failed to create job for bulk item import";

async fn start(answer: Value) -> (TestApp, HttpFake) {
    let tracker = HttpFake::start(move |_| HttpResponse::Ok().json(answer.clone())).await;
    let app = TestApp::start_with(&format!("[job_tracker]\nurl = \"{}\"\n", tracker.url)).await;
    (app, tracker)
}

fn job(id: i64) -> Value {
    json!({"status": {"type": "SUCCESS"}, "data": [{"id": id}]})
}

fn file(source: &str, share_id: &str) -> Value {
    json!({
        "name": "Launch", "source": source, "shareId": share_id, "itemsAssetId": 77,
        "platform": "INSTAGRAM",
    })
}

#[actix_web::test]
async fn a_file_becomes_a_job_of_the_tracker() {
    for source in ["SAAS", "SAAS-AT"] {
        let (app, tracker) = start(job(4411)).await;
        let client = app.partner(10, Plan::Saas).await;
        app.set_usage(10, "ACCOUNT_TRACKING", 0, 10).await;
        let keyed = || {
            let request = client.request(Method::POST, COLLECTION);
            send(request.header("idempotency-key", "k").json(&file(source, "launch-1")))
        };
        let created = keyed().await.success();
        let entry = &created["collections"][0];
        assert_eq!((&entry["jobId"], &entry["source"]), (&json!(4411), &json!(source)));
        assert_eq!(keyed().await.success(), created, "a repeated request has no second effect");
        let again = client.post(COLLECTION, &file(source, "launch-1")).await.success();
        assert_eq!(again["collections"], created["collections"], "nor has one without a key");
        let seen = tracker.seen();
        assert_eq!(seen.len(), 1);
        assert_eq!((seen[0].method.as_str(), seen[0].path.as_str()), ("POST", "/job/"));
        let input =
            json!({"collectionId": entry["id"].to_string(), "collectionPlatform": "INSTAGRAM"});
        let asked = json!({
            "jobType": "ADD_ITEM_TO_PROFILE_COLLECTION",
            "jobName": "Add Items Collection - Launch",
            "input": input, "inputAssetInformation": {"id": 77},
        });
        assert_eq!(seen[0].json(), asked);
        let told = app.events().await;
        let told: Vec<_> = told.iter().map(|one| one["activityMeta"].as_str()).collect();
        let meta = Some(r#"{"name":"Launch","platform":"INSTAGRAM"}"#);
        assert_eq!(told, if source == "SAAS" { Vec::new() } else { vec![meta] });

        let path = at(format_args!("/{}", entry["id"]));
        client.put(&path, &json!({"name": "Relaunch", "itemsAssetId": 78})).await.success();
        let input = json!({"collectionId": entry["id"].to_string()});
        assert_eq!(tracker.seen()[1].json()["input"], input, "no platform was given");
        assert_eq!(tracker.seen()[1].json()["jobName"], "Add Items Collection - Relaunch");
    }
}

#[actix_web::test]
async fn another_collection_is_imported_by_a_job() {
    let (app, tracker) = start(job(12)).await;
    let client = app.partner(10, Plan::Saas).await;
    let own = app.seed_collection(10, "own", &json!({})).await;
    let featured = app.seed_collection(-1, "featured", &json!({"featured": true})).await;
    let foreign = app.seed_collection(20, "foreign", &json!({})).await;
    let removed = app.seed_collection(10, "removed", &json!({"enabled": false})).await;
    let import = |from: i64| json!({"name": "Copy", "source": "SAAS", "importCollectionId": from});
    for from in [own, featured] {
        let created = client.post(COLLECTION, &import(from)).await.success();
        let entry = &created["collections"][0];
        assert_eq!(entry["jobId"], 12);
        let asked = tracker.seen().last().expect("a job").json();
        let input = json!({"toCollectionId": entry["id"].to_string(), "fromCollectionId": from.to_string()});
        assert_eq!(asked["input"], input);
        assert_eq!(asked["jobType"], "IMPORT_ITEMS_FROM_PROFILE_COLLECTION");
        assert_eq!(asked["jobName"], format!("Import Items From Collection - {from}"));
        assert_eq!(asked.get("inputAssetInformation"), None);
    }
    let (stored, asked) = (app.count("profile_collection").await, tracker.seen().len());
    for from in [foreign, removed, 0, 999_999] {
        let refused = client.post(COLLECTION, &import(from)).await;
        refused.refused("ERROR", "Invalid From Collection");
        let change = json!({"name": "Changed", "importCollectionId": from});
        let refused = client.put(&at(format_args!("/{own}")), &change).await;
        refused.refused("ERROR", "Invalid From Collection");
    }
    let change = json!({"importCollectionId": featured, "platform": "YOUTUBE"});
    client.put(&at(format_args!("/{own}")), &change).await.success();
    assert_eq!(tracker.seen().last().expect("a job").json()["input"]["platform"], "YOUTUBE");
    let read = client.get(&at(format_args!("/{own}"))).await.success();
    assert_eq!(
        (&read["collections"][0]["name"], &read["collections"][0]["jobId"]),
        (&json!("own"), &json!(12))
    );
    assert_eq!((app.count("profile_collection").await, tracker.seen().len()), (stored, asked + 1));
    // A campaign's collection is filled by its campaign.
    let campaign = json!({"name": "C", "source": "CAMPAIGN", "sourceId": "1", "itemsAssetId": 1});
    let created = client.post(COLLECTION, &campaign).await.success();
    assert_eq!(created["collections"][0].get("jobId"), None);
    assert_eq!(tracker.seen().len(), asked + 1);
}

#[actix_web::test]
async fn without_a_job_nothing_is_left_of_a_creation_and_all_of_a_change() {
    let (app, tracker) = start(job(1)).await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 4, 10).await;
    let created = client.post(COLLECTION, &file("SAAS-AT", "launch-1")).await.success();
    let before = app.events().await.len();
    for answer in [
        json!({"status": {"type": "ERROR"}, "data": []}),
        json!({"status": {"type": "SUCCESS"}, "data": []}),
        json!("odd"),
    ] {
        tracker.answers(move |_| HttpResponse::Ok().json(answer.clone()));
        client.post(COLLECTION, &file("SAAS-AT", "launch-2")).await.refused("ERROR", NO_JOB);
        let gone = || async { app.count("profile_collection").await == 1 };
        app.eventually("the collection is gone again", gone).await;
    }
    tracker.answers(|_| HttpResponse::InternalServerError().finish());
    client.post(COLLECTION, &file("SAAS", "launch-2")).await.refused("ERROR", NO_JOB);
    let gone = || async { app.count("profile_collection").await == 1 };
    app.eventually("the collection is gone again", gone).await;
    assert_eq!(app.events().await.len(), before);
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 4);

    let path = at(format_args!("/{}", created["collections"][0]["id"]));
    let change = json!({"name": "Relaunch", "itemsAssetId": 78});
    client.put(&path, &change).await.refused("ERROR", NO_JOB);
    let read = client.get(&path).await.success();
    assert_eq!(
        (&read["collections"][0]["name"], &read["collections"][0]["jobId"]),
        (&json!("Relaunch"), &json!(1))
    );
    // The share id is free again.
    tracker.answers(|_| HttpResponse::Ok().json(job(2)));
    let again = client.post(COLLECTION, &file("SAAS-AT", "launch-2")).await.success();
    assert_eq!(again["collections"][0]["jobId"], 2);
}

#[actix_web::test]
async fn no_job_begins_where_there_is_no_tracker_or_no_room() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    client.post(COLLECTION, &file("SAAS", "launch-1")).await.refused("ERROR", NO_JOB);
    let gone = || async { app.count("profile_collection").await == 0 };
    app.eventually("the collection is gone again", gone).await;

    let (app, tracker) = start(job(1)).await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 3, 3).await;
    let refused = client.post(COLLECTION, &file("SAAS-AT", "launch-1")).await;
    refused.refused("ERROR", "limit consumed");
    assert_eq!((app.count("profile_collection").await, tracker.seen().len()), (0, 0));
}
