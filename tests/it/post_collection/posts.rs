//! Posts of a collection.

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::{Value, json};

use super::{COLLECTION, collection, delete, post, posts};
use crate::support::TestApp;

const FULL: &str =
    "you are not allowed to add more than 10 posts in one collection. Please upgrade your account";

fn codes(answer: &Value) -> Vec<&str> {
    let items = answer["collectionItems"].as_array().expect("a list").iter();
    items.map(|item| item["shortCode"].as_str().expect("a code")).collect()
}

#[actix_web::test]
async fn a_story_without_a_code_gets_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let items = format!("{COLLECTION}/{}/item/", collection(&client, 1).await);
    let story = json!([{"platform": "instagram", "postType": "story", "postedByHandle": "foo"}]);
    let added = client.post(&items, &story).await.success();
    assert_eq!(added["status"]["filteredCount"], 1);
    let item = &added["collectionItems"][0];
    let code = item["shortCode"].as_str().expect("a code");
    let letters = code.strip_prefix("story_dum_").and_then(|rest| rest.strip_suffix("_foo"));
    let letters = letters.expect("a code of ours");
    assert!(letters.len() == 6 && letters.bytes().all(|byte| byte.is_ascii_alphabetic()), "{code}");
    assert_eq!(item["platform"], "INSTAGRAM");
    for (flag, value) in [("retrieveData", true), ("showInReport", true), ("bookmarked", false)] {
        assert_eq!(item[flag], value, "{flag}");
    }
    let missing =
        client.post(&items, &json!([{"platform": "INSTAGRAM", "postType": "image"}])).await;
    let message = "Missing attributes platform/shortCode/platformAccountHandle/postType";
    missing.refused("ERROR", message);
}

#[actix_web::test]
async fn five_hundred_posts_cost_three_statements_and_one_charge() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "CAMPAIGN_REPORT", 0, 5_000).await;
    let items = format!("{COLLECTION}/{}/item", collection(&client, 1).await);
    let cost = async |range| {
        let before = app.metric("coffee_postgres_statements_total").await;
        let added = client.post(&items, &posts(range)).await.success();
        let cost = app.metric("coffee_postgres_statements_total").await - before;
        (added, cost)
    };
    // The least of some counts: a connection that opens meanwhile has a statement of its own.
    let few = [cost(1..3).await.1, cost(3..5).await.1, cost(5..7).await.1];
    let few = few.into_iter().fold(f64::INFINITY, f64::min);
    let (_, first) = cost(1_000..1_500).await;
    let (added, second) = cost(500..1000).await;
    let many = first.min(second);
    assert_eq!(added["status"]["filteredCount"], 500);
    let expected: Vec<_> = (500..1000).map(|number| format!("code{number}")).collect();
    assert_eq!(codes(&added), expected, "in the order of the request");
    assert_eq!(few, many);
    // The collection, what it has, the posts, the charge; and what begins and ends a transaction.
    assert!(many <= 6.0, "{many} statements");
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, 1_007);
    let consumed = app.consumed(10, "CAMPAIGN_REPORT").await;
    for count in [501, 10_000] {
        client.post(&items, &posts(0..count)).await.refused("ERROR", "too many items");
        let new = json!({"name": "A", "source": "SAAS", "items": posts(0..count)});
        client.post(COLLECTION, &new).await.refused("ERROR", "too many items");
    }
    assert_eq!(app.count("post_collection").await, 1);
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, consumed);
}

#[actix_web::test]
async fn what_is_there_costs_nothing_and_a_limit_refuses_the_whole_request() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let id = collection(&client, 2).await;
    let items = format!("{COLLECTION}/{id}/item");
    app.set_usage(10, "CAMPAIGN_REPORT", 2, 3).await;
    let twice = json!([post("code0"), post("code2"), post("code2")]);
    let added = client.post(&items, &twice).await.success();
    assert_eq!(codes(&added), ["code0", "code2"], "named twice is one post");
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, 3);
    // Nothing new: no charge although the limit is reached.
    client.post(&items, &posts(0..3)).await.success();
    client.post(&items, &posts(0..4)).await.refused("ERROR", "limit consumed");
    let removed = added["collectionItems"][1]["id"].clone();
    let one = format!("{items}/{removed}");
    client.put(&one, &json!({"enabled": false})).await.success();
    let again = client.put(&one, &json!({"enabled": true, "cost": 7})).await;
    again.refused("ERROR", "limit consumed");
    app.set_usage(10, "CAMPAIGN_REPORT", 2, 3).await;
    let by_code = format!("{items}/byShortCode/instagram/code2");
    let changed = client.put(&by_code, &json!({"enabled": true, "cost": 7})).await.success();
    assert_eq!(changed["collectionItems"][0]["cost"], 7);
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, 3);
    assert_eq!(app.count("post_collection_item WHERE enabled").await, 3);
}

#[actix_web::test]
async fn parallel_additions_never_take_more_places_than_the_free_plan_has() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let items = format!("{COLLECTION}/{}/item", collection(&client, 8).await);
    let add = |number: usize| {
        let (client, items) = (client.clone(), items.clone());
        async move { client.post(&items, &posts(number..number + 1)).await.status() }
    };
    let outcomes = join_all((8..14).map(add)).await;
    let refused = outcomes.iter().filter(|outcome| outcome.1 == FULL).count();
    assert_eq!(refused, 4, "{outcomes:?}");
    assert_eq!(app.count("post_collection_item").await, 10);
    assert_eq!(add(0).await.0, "SUCCESS", "it is there already");
}

#[actix_web::test]
async fn posts_are_removed_all_or_none_and_only_from_their_collection() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let (one, two) = (collection(&client, 3).await, collection(&client, 1).await);
    let items = |id: &str| format!("{COLLECTION}/{id}/item");
    let search = format!("{}/search?sortBy=id&sortDir=asc", items(&one));
    let listed = client.post(&search, &json!({})).await.success();
    let ids = listed["collectionItems"].as_array().expect("a list").iter();
    let ids: Vec<_> = ids.map(|item| item["id"].clone()).collect();
    let name = |numbers: &[usize]| -> Value {
        numbers.iter().map(|number| json!({"id": ids[*number]})).collect()
    };
    for (path, body) in [
        (items(&two), name(&[0])),
        (items(&one), name(&[0, 0])),
        (items(&one), json!([{"id": ids[0]}, {"id": 0}])),
        (items(&one), json!([{"id": ids[0]}, {"id": i64::MAX}])),
    ] {
        delete(&client, &path, &body).await.refused("ERROR", "Invalid Item Ids");
    }
    for id in ["0", "-1", "abc", "99999999999999999999", ids[0].to_string().as_str()] {
        let changed = client.put(&format!("{}/{id}", items(&two)), &json!({"cost": 1})).await;
        changed.refused("ERROR", "Invalid Item Id");
    }
    assert_eq!(app.count("post_collection_item WHERE enabled").await, 4);
    let removed = delete(&client, &items(&one), &name(&[2, 0])).await.success();
    assert_eq!(removed["status"]["filteredCount"], 2);
    assert_eq!(codes(&removed), ["code2", "code0"]);
    let path = format!("{}/byShortCode", items(&one));
    let unknown = json!([{"platform": "instagram", "shortCode": "code0"}]);
    let message = "No item found in collection for code code0 on platform INSTAGRAM";
    delete(&client, &path, &unknown).await.refused("ERROR", message);
    let known = json!([{"platform": "instagram", "shortCode": "code1"}]);
    assert_eq!(codes(&delete(&client, &path, &known).await.success()), ["code1"]);
    for text in [r#"{"id": 1}"#, "[[1]]", "[1]", "7"] {
        let broken = client.request(reqwest::Method::DELETE, &items(&one)).body(text);
        assert_eq!(crate::support::send(broken).await.status().0, "ERROR", "{text}");
    }
}

#[actix_web::test]
async fn long_texts_are_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let id = collection(&client, 1).await;
    let items = format!("{COLLECTION}/{id}/item");
    let with = |member: &str, value: Value| {
        let mut item = post("long");
        item[member] = value;
        item
    };
    for (member, value) in [
        ("shortCode", json!("c".repeat(256))),
        ("postedByHandle", json!("h".repeat(256))),
        ("postTitle", json!("a\u{0}")),
        ("postLink", json!("l".repeat(4_097))),
        ("sponsorLinks", json!(vec!["l"; 101])),
    ] {
        let refused = client.post(&items, &json!([with(member, value)])).await;
        refused.refused("ERROR", "invalid Request");
    }
    let change = json!({"metricsIngestionFreq": "f".repeat(46)});
    let changed = client.put(&format!("{items}/byShortCode/INSTAGRAM/code0"), &change).await;
    changed.refused("ERROR", "invalid Request");
    assert_eq!(app.count("post_collection_item").await, 1);
}
