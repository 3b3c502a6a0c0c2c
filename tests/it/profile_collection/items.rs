//! Items are added, removed and changed.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{COLLECTION, account, at};
use crate::support::TestApp;

#[actix_web::test]
async fn an_item_that_was_removed_comes_back_behind_the_others() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let collection = app.seed_collection(10, "again", &json!({})).await;
    let mut ids = Vec::new();
    for (rank, enabled) in [(1, true), (2, false)] {
        let id = app.seed_instagram(&json!({})).await;
        let columns = json!({"rank": rank, "enabled": enabled});
        app.seed_item((10, collection), ("INSTAGRAM", id), &columns).await;
        ids.push(id);
    }
    let values = json!([{"key": "fee", "value": "10"}]);
    let again = json!({
        "platform": "INSTAGRAM", "platformAccountCode": ids[1], "hidden": true,
        "customColumnsData": values,
    });
    // The platform is named as it is.
    let third = app.seed_instagram(&json!({})).await;
    let unknown = json!({"platform": "instagram", "platformAccountCode": third});
    let path = at(format_args!("/{collection}/item"));
    let added = client.post(&path, &json!([again, unknown])).await.success();
    let item = &added["collectionItems"][0];
    assert_eq!(
        (&item["enabled"], &item["rank"], &item["hidden"]),
        (&json!(true), &json!(3), &json!(false))
    );
    assert_eq!(added["collectionItems"].as_array().map(Vec::len), Some(1));
    assert_eq!(added["failedItems"][0]["platformAccountCode"], third);
    assert_eq!(added["failedItems"].as_array().map(Vec::len), Some(1));
    let filters =
        json!([super::eq("collectionId", collection), super::eq("platform", "INSTAGRAM")]);
    let found = super::items(&client, filters).await;
    let stored: Vec<_> = found["collectionItems"].as_array().expect("items").iter().collect();
    let stored = stored.iter().find(|one| one["id"] == item["id"]).expect("the item");
    assert_eq!(stored["customColumnsData"][0]["value"], "10");
}

#[actix_web::test]
async fn five_hundred_items_cost_as_many_statements_as_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for sql in [
        "INSERT INTO instagram_account (id, ig_id, handle) \
         SELECT n, n::text, 'h' || n FROM generate_series(1, 500) n",
        "INSERT INTO campaign_profiles (platform, platform_account_id) \
         SELECT 'INSTAGRAM', n FROM generate_series(1, 500) n",
    ] {
        app.execute(sql).await;
    }
    // The caller's session and contract are known from here on.
    client.get(&at("/recent")).await.success();
    let cost = async |key: &str, count: i64| {
        let collection = app.seed_collection(10, key, &json!({})).await;
        let path = at(format_args!("/{collection}/item"));
        let items: Vec<Value> = (1..=count).map(account).collect();
        let before = app.metric(super::STATEMENTS).await;
        let added = client.post(&path, &Value::from(items)).await.success();
        let cost = app.metric(super::STATEMENTS).await - before;
        let ranks = added["collectionItems"].as_array().expect("items").iter();
        let ranks: Vec<_> = ranks.filter_map(|item| item["rank"].as_i64()).collect();
        assert_eq!(ranks, (1..=count).collect::<Vec<_>>());
        cost
    };
    // The least of some counts: a connection that opens meanwhile has a statement of its own.
    let few = cost("one", 1).await.min(cost("two", 2).await);
    let many = cost("many", 500).await.min(cost("more", 500).await);
    assert_eq!(few, many);
    // The accounts, what the collection has, the items; the collection, and what begins a transaction.
    assert!(many <= 5.0, "{many} statements");
}

#[actix_web::test]
async fn more_items_than_one_request_may_have_are_refused_whole() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let (collection, item) = super::with_item(&app, 10, "more").await;
    let known = app.seed_instagram(&json!({})).await;
    let path = at(format_args!("/{collection}"));
    let items = format!("{path}/item");
    for count in [501, 10_000] {
        let new = Value::from(vec![account(known); count]);
        client.post(&items, &new).await.refused("500", "too many items");
        let named = Value::from(vec![json!({"id": item, "hidden": true}); count]);
        client.put(&format!("{items}/bulk"), &named).await.refused("500", "too many items");
        super::delete(&client, &items, &named).await.refused("500", "too many items");
        let shared = at("/byshareid/more/item/bulk");
        client.put(&shared, &named).await.refused("500", "too many items");
        let create = json!({"name": "A", "source": "SAAS-AT", "items": new});
        client.post(COLLECTION, &create).await.refused("ERROR", "too many items");
        let change = json!({"name": "Changed", "items": new});
        client.put(&path, &change).await.refused("ERROR", "too many items");
    }
    assert_eq!(app.count("profile_collection WHERE name = 'more'").await, 1);
    assert_eq!(app.count("profile_collection").await, 1);
    assert_eq!(app.count("profile_collection_item WHERE enabled AND NOT hidden").await, 1);
    assert!(app.events().await.is_empty());
}

#[actix_web::test]
async fn changes_are_all_or_none_and_name_items_of_the_collection_only() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let (own, item) = super::with_item(&app, 10, "own").await;
    let (_, foreign) = super::with_item(&app, 20, "foreign").await;
    let path = at(format_args!("/{own}/item"));
    let change = json!([{"id": item, "rank": 7}, {"id": foreign, "rank": 7}]);
    client.put(&format!("{path}/bulk"), &change).await.refused("500", "invalid id");
    let read = || async {
        let filters = json!([super::eq("collectionId", own), super::eq("platform", "INSTAGRAM")]);
        super::items(&client, filters).await["collectionItems"].clone()
    };
    assert_eq!(read().await[0]["rank"], 1);
    let removal = json!([{"id": item}, {"id": foreign}]);
    let text = "error while deleting profiles";
    super::delete(&client, &path, &removal).await.refused("500", text);
    assert_eq!(read().await.as_array().map(Vec::len), Some(1));
    super::delete(&client, &path, &json!([{"id": item}])).await.success();
    assert_eq!(read().await, json!([]));
    super::delete(&client, &path, &json!([{"id": item}])).await.success();
}
