//! Several requests at once.

use std::collections::BTreeSet;

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{COLLECTION, account, at};
use crate::support::TestApp;

const TRACKERS: &str =
    "you are not allowed to create more than 5 profile trackers. Please upgrade your account";
const PROFILES: &str =
    "you are not allowed to add more than 5 profiles in one tracker. Please upgrade your account";

async fn accounts(app: &TestApp, count: usize) -> Vec<Value> {
    let mut items = Vec::new();
    for _ in 0..count {
        items.push(account(app.seed_instagram(&json!({})).await));
    }
    items
}

#[actix_web::test]
async fn the_same_collection_made_six_times_at_once_is_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 100).await;
    let items = accounts(&app, 3).await;
    for key in [
        json!({"source": "CAMPAIGN", "sourceId": "7"}),
        json!({"source": "CAMPAIGN", "sourceId": "8", "campaignId": 8}),
        json!({"source": "SAAS-AT", "shareId": "share-id", "items": items}),
        json!({"source": "SAAS-AT", "sourceId": "own", "items": items}),
    ] {
        let before = app.count("profile_collection").await;
        let made =
            join_all((0..6).map(|_| {
                let (client, mut body) = (client.clone(), key.clone());
                body["name"] = json!("A");
                async move {
                    client.post(COLLECTION, &body).await.success()["collections"][0]["id"].clone()
                }
            }));
        let ids: BTreeSet<_> = made.await.iter().map(ToString::to_string).collect();
        assert_eq!(ids.len(), 1, "{key}");
        assert_eq!(app.count("profile_collection").await, before + 1, "{key}");
    }
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 6, "three profiles of two trackers");
    assert_eq!(app.count("profile_collection_item").await, 6);
}

#[actix_web::test]
async fn the_same_profiles_added_at_once_are_stored_and_charged_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 100).await;
    let tracker = app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    let (items, path) = (accounts(&app, 20).await, at(format_args!("/{tracker}/item")));
    let orders = (0..4).map(|turn| {
        let mut items = items.clone();
        items.rotate_left(turn * 5);
        items
    });
    let added = join_all(orders.map(|items| {
        let (client, path) = (client.clone(), path.clone());
        async move { client.post(&path, &Value::from(items)).await.success() }
    }));
    for answer in added.await {
        assert_eq!(answer["collectionItems"].as_array().map(Vec::len), Some(20));
    }
    assert_eq!(app.count("profile_collection_item").await, 20);
    let ranks = app.value("SELECT count(DISTINCT rank) FROM profile_collection_item").await;
    assert_eq!(ranks.as_deref(), Some("20"));
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 20);
    let told = app.events().await;
    let counts: Vec<_> = told.iter().map(|one| one["incrementCount"].clone()).collect();
    assert_eq!(counts, [json!(20)]);
}

#[actix_web::test]
async fn the_last_place_of_a_tracker_is_taken_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let tracker = app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    let (items, path) = (accounts(&app, 8).await, at(format_args!("/{tracker}/item")));
    client.post(&path, &Value::from(items[..4].to_vec())).await.success();
    let outcomes = join_all(items[4..].iter().map(|item| {
        let (client, path) = (client.clone(), path.clone());
        async move { client.post(&path, &json!([item])).await.status() }
    }))
    .await;
    let refused = outcomes.iter().filter(|outcome| outcome.1 == PROFILES).count();
    assert_eq!(refused, 3, "{outcomes:?}");
    assert_eq!(app.count("profile_collection_item WHERE enabled").await, 5);
}

#[actix_web::test]
async fn the_last_tracker_of_a_plan_is_made_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let items = accounts(&app, 1).await;
    let create = |source: &'static str| {
        let (client, items) = (client.clone(), items.clone());
        async move {
            let body = json!({"name": "A", "source": source, "items": items});
            client.post(COLLECTION, &body).await.status()
        }
    };
    let outcomes = join_all((0..8).map(|_| create("SAAS-AT"))).await;
    let refused = outcomes.iter().filter(|outcome| outcome.1 == TRACKERS).count();
    assert_eq!(refused, 3, "{outcomes:?}");
    assert_eq!(create("SAAS").await.0, "SUCCESS", "a list is no tracker");
    assert_eq!(app.count("profile_collection").await, 6);
    app.execute("UPDATE profile_collection SET enabled = false").await;
    assert_eq!(create("SAAS-AT").await.1, TRACKERS, "removed ones count");
}

#[actix_web::test]
async fn the_last_unit_of_a_contract_is_spent_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 9, 10).await;
    let tracker = app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    let other = app.seed_collection(10, "other", &json!({"source": "SAAS-AT"})).await;
    let items = accounts(&app, 2).await;
    let outcomes = join_all([tracker, other].into_iter().zip(&items).map(|(id, item)| {
        let (client, path) = (client.clone(), at(format_args!("/{id}/item")));
        async move { client.post(&path, &json!([item])).await.status().1 }
    }))
    .await;
    assert_eq!(outcomes.iter().filter(|text| *text == "limit consumed").count(), 1, "{outcomes:?}");
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 10);
    assert_eq!(app.count("profile_collection_item").await, 1);
}
