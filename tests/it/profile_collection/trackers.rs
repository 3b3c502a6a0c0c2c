//! Trackers: what they cost, and what the plan FREE has of them.

use coffee::core::types::Plan;
use serde_json::json;

use super::{COLLECTION, account, at};
use crate::support::TestApp;

#[actix_web::test]
async fn a_tracker_is_charged_for_the_items_that_it_gets() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 4, 10).await;
    let known = app.seed_instagram(&json!({})).await;
    let new = json!({
        "source": "SAAS-AT", "name": "Q1", "items": [account(known), account(999_999_999)],
    });
    let created = client.post(COLLECTION, &new).await.success();
    let entry = &created["collections"][0];
    assert_eq!(created["status"]["message"], "Record Created Successfully");
    assert_eq!((&entry["analyticsEnabled"], &entry["featured"]), (&json!(true), &json!(false)));
    assert_eq!((&entry["shareEnabled"], &entry["createdBy"]), (&json!(true), &json!("101")));
    let share_id = entry["shareId"].as_str().expect("a share id");
    assert!(share_id.len() == 7 && share_id.bytes().all(|one| one.is_ascii_alphanumeric()));
    assert_eq!(entry["sourceId"], entry["shareId"]);
    let items = "SELECT string_agg(concat_ws(' ', platform_account_code, rank), ',') \
                 FROM profile_collection_item";
    assert_eq!(app.value(items).await, Some(format!("{known} 1")));
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 5);
    let told: Vec<_> = app.events().await;
    for event in &told {
        assert_eq!(event["moduleName"], "ACCOUNT_TRACKING");
        let meta = event["activityMeta"].as_str().expect("a text");
        let meta: serde_json::Value = serde_json::from_str(meta).expect("JSON");
        assert_eq!(meta, json!({"name": "Q1", "platform": "INSTAGRAM"}));
    }
    let topics = "SELECT string_agg(DISTINCT topic, ',') FROM event_outbox";
    assert_eq!(app.value(topics).await.as_deref(), Some("coffee.dx___activity_tracker_rk"));
    assert_eq!(app.count("activity_tracker").await, 0);
    let told: Vec<_> = told
        .iter()
        .map(|one| (one["activityName"].clone(), one["incrementCount"].clone()))
        .collect();
    let expected = [("ACCOUNT_TRACKING", 0), ("ADD_PROFILE_TO_COLLECTION", 1)];
    assert_eq!(told, expected.map(|(name, count)| (json!(name), json!(count))));
    let read = client.get(&at(format_args!("/{}", entry["id"]))).await.success();
    let summary = &read["collections"][0]["platformWiseItemsSummary"]["INSTAGRAM"];
    assert_eq!(summary["profileCount"]["count"], 1);
}

#[actix_web::test]
async fn a_tracker_without_items_leaves_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 4, 10).await;
    let new = json!({"source": "SAAS-AT", "name": "Q1"});
    client.post(COLLECTION, &new).await.refused("ERROR", "no Items for tracking");
    let found = client.post(&at("/search"), &json!({})).await.success();
    assert_eq!(found["collections"], json!([]));
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 4);
    assert!(app.events().await.is_empty());
}

#[actix_web::test]
async fn a_free_tracker_has_five_profiles_on_every_way_in() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let tracker = json!({"source": "SAAS-AT", "analytics_enabled": true});
    let collection = app.seed_collection(10, "tracker", &tracker).await;
    let mut ids = Vec::new();
    for _ in 0..6 {
        ids.push(app.seed_instagram(&json!({})).await);
    }
    let mut item = 0;
    for id in &ids[..4] {
        item = app.seed_item((10, collection), ("INSTAGRAM", *id), &json!({})).await;
    }
    let path = at(format_args!("/{collection}/item"));
    let over = "you are not allowed to add more than 5 profiles in one tracker. Please upgrade your account";
    let two = json!([account(ids[4]), account(ids[5])]);
    client.post(&path, &two).await.refused("500", over);
    let one = json!([account(ids[4]), account(ids[0])]);
    let added = client.post(&path, &one).await.success();
    assert_eq!(added["collectionItems"].as_array().map(Vec::len), Some(2));
    super::delete(&client, &path, &json!([{"id": item}])).await.success();
    client.post(&path, &json!([account(ids[5])])).await.success();
    let again = json!([{"id": item, "enabled": true}]);
    client.put(&format!("{path}/bulk"), &again).await.refused("500", over);

    // A change of the collection, and a new one.
    let change = json!({"name": "Changed", "items": [account(ids[4]), account(ids[3])]});
    client.put(&at(format_args!("/{collection}")), &change).await.refused("ERROR", over);
    assert_eq!(app.count("profile_collection WHERE name = 'tracker'").await, 1);
    let all: Vec<_> = ids.iter().map(|id| account(*id)).collect();
    let new = json!({"source": "SAAS-AT", "name": "Q1", "items": all});
    client.post(COLLECTION, &new).await.refused("ERROR", over);
    assert_eq!(app.count("profile_collection").await, 1);
    let list = json!({"source": "SAAS", "name": "Q1", "items": all});
    client.post(COLLECTION, &list).await.success();
}
