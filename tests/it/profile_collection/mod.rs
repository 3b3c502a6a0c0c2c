//! Profile collections: the worked examples, who may do what, and what requests cost.

mod access;
mod files;
mod handles;
mod items;
mod pages;
mod races;
mod trackers;

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, send};

const STATEMENTS: &str = "coffee_postgres_statements_total";
const COLLECTION: &str = "/profile-collection-service/api/collection";

fn at(path: impl std::fmt::Display) -> String {
    format!("{COLLECTION}{path}")
}

async fn delete(client: &Client, path: &str, body: &Value) -> Answer {
    send(client.request(Method::DELETE, path).json(body)).await
}

fn account(id: i64) -> Value {
    json!({"platform": "INSTAGRAM", "platformAccountCode": id})
}

/// A page of the items of a collection; the filters besides it.
async fn items(client: &Client, filters: Value) -> Value {
    client.post(&at("/item/search"), &json!({"filters": filters})).await.success()
}

fn eq(field: &str, value: impl std::fmt::Display) -> Value {
    json!({"filterType": "EQ", "field": field, "value": value.to_string()})
}

/// The collection of a partner with an account that is added to it; both ids.
async fn with_item(app: &TestApp, partner: i64, key: &str) -> (i64, i64) {
    let collection = app.seed_collection(partner, key, &json!({})).await;
    let id = app.seed_instagram(&json!({})).await;
    let item = app.seed_item((partner, collection), ("INSTAGRAM", id), &json!({})).await;
    (collection, item)
}

#[actix_web::test]
async fn a_computed_column_counts_defaults_for_items_without_a_value() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let collection = app.seed_collection(10, "computed", &json!({})).await;
    let mut ids = Vec::new();
    for _ in 0..4 {
        let id = app.seed_instagram(&json!({})).await;
        ids.push(app.seed_item((10, collection), ("INSTAGRAM", id), &json!({})).await);
    }
    let path = at(format_args!("/{collection}"));
    let column = async |value: &str, compute: &str, first: &str| {
        let column = json!({"title": "Post Fee", "value": value, "compute": compute});
        let columns = [column, json!({"title": "Other", "value": "1", "compute": "sum"})];
        let change = json!({"customColumns": [{"platform": "INSTAGRAM", "columns": columns}]});
        client.put(&path, &change).await.success();
        let values = |value: &str| json!([{"key": "post_fee", "value": value}]);
        let change = json!([
            {"id": ids[0], "customColumnsData": values(first)},
            {"id": ids[1], "customColumnsData": values("")},
        ]);
        client.put(&format!("{path}/item/bulk"), &change).await.success();
        let read = client.get(&path).await.success();
        let columns = read["collections"][0]["customColumns"][0]["columns"].clone();
        assert_eq!(columns[1]["computedValue"], "4.00");
        columns[0].clone()
    };
    let sum = column("100", "Sum", "250").await;
    assert_eq!((&sum["key"], &sum["computedValue"]), (&json!("post_fee"), &json!("550.00")));
    assert_eq!(sum["computeError"], "");
    assert_eq!(column("100", "average", "250").await["computedValue"], "137.50");
    assert_eq!(column("0", "average", "250").await["computedValue"], "250.00");
    let bad = column("100", "sum", "abc").await;
    assert_eq!(bad["computeError"], "Please check all values must be number");
    assert_eq!(bad.get("computedValue"), None);
}

#[actix_web::test]
async fn the_same_collection_is_created_once_and_campaigns_belong_to_one_partner() {
    let app = TestApp::start().await;
    let (client, other) = (app.partner(10, Plan::Saas).await, app.partner(20, Plan::Saas).await);
    let new = json!({"source": "CAMPAIGN", "sourceId": "555", "name": "A"});
    let first = client.post(COLLECTION, &new).await.success();
    let second = client.post(COLLECTION, &new).await.success();
    assert_eq!(first["collections"][0]["id"], second["collections"][0]["id"]);
    let foreign = other.post(COLLECTION, &new).await.success();
    assert_ne!(first["collections"][0]["id"], foreign["collections"][0]["id"]);
    let campaign = json!({"source": "CAMPAIGN", "sourceId": "7", "name": "B", "campaignId": 7});
    let own = client.post(COLLECTION, &campaign).await.success();
    let again = client.post(COLLECTION, &campaign).await.success();
    assert_eq!(own["collections"][0]["id"], again["collections"][0]["id"]);
    other.post(COLLECTION, &campaign).await.refused("ERROR", "collection already exists");
    let id = own["collections"][0]["id"].clone();
    delete(&client, &at(format_args!("/{id}")), &json!({})).await.success();
    client.post(COLLECTION, &campaign).await.refused("ERROR", "collection already exists");
}
