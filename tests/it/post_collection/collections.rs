//! Collections.

use std::collections::BTreeSet;

use coffee::core::types::Plan;
use futures_util::future::join_all;
use serde_json::json;

use super::{COLLECTION, collection, posts};
use crate::support::TestApp;

const FULL: &str =
    "you are not allowed to create more than 5 collections. Please upgrade your account";

#[actix_web::test]
async fn parallel_creations_never_take_more_places_than_the_free_plan_has() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let create = |source: &'static str, number: usize| {
        let body = json!({"name": "n", "source": source, "sourceId": format!("s{number}"),
            "items": posts(0..1)});
        let client = client.clone();
        async move { client.post(COLLECTION, &body).await.status() }
    };
    let all = join_all((0..8).map(|number| create("CAMPAIGN", number))).await;
    let refused: Vec<_> = all.iter().filter(|(status, _)| status == "ERROR").collect();
    assert_eq!(refused.len(), 3, "{all:?}");
    assert!(refused.iter().all(|(_, message)| message == FULL), "{refused:?}");
    assert_eq!(create("SAAS", 0).await, ("ERROR".into(), FULL.into()));
    assert_eq!(create("GCC_CAMPAIGN", 0).await.0, "SUCCESS", "these do not count");
    assert_eq!(app.count("post_collection").await, 6);
}

#[actix_web::test]
async fn a_collection_is_made_once_for_a_share_id_or_a_source() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let body = json!({"name": "A", "source": "SAAS", "shareId": "launch-1", "items": posts(0..2)});
    let first = client.post(COLLECTION, &body).await.success();
    assert_eq!(first["collections"][0]["shareId"], "launch-1");
    let events = app.events().await.len();
    let again = client.post(COLLECTION, &body).await.success();
    assert_eq!(again["collections"], first["collections"]);
    assert_eq!(app.events().await.len(), events, "nothing is charged or logged again");
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, 2);

    let other = app.partner(20, Plan::Saas).await;
    let refused = other.post(COLLECTION, &body).await;
    refused.refused("ERROR", "collection already exists");
    let campaign = json!({"name": "B", "source": "CAMPAIGN", "sourceId": "1"});
    let ours = client.post(COLLECTION, &campaign).await.success();
    let theirs = other.post(COLLECTION, &campaign).await.success();
    assert_ne!(ours["collections"][0]["id"], theirs["collections"][0]["id"]);
    let both = join_all((0..6).map(|_| {
        let client = client.clone();
        async move {
            let body = json!({"name": "C", "source": "CAMPAIGN", "sourceId": "2"});
            client.post(COLLECTION, &body).await.success()["collections"][0]["id"].clone()
        }
    }));
    let ids: BTreeSet<_> = both.await.iter().map(ToString::to_string).collect();
    assert_eq!(ids.len(), 1, "parallel ones are the same one");
}

#[actix_web::test]
async fn a_limit_is_asked_before_anything_is_stored() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "CAMPAIGN_REPORT", 1, 3).await;
    let body = |count| json!({"name": "n", "source": "SAAS", "items": posts(0..count)});
    let refused = client.post(COLLECTION, &body(3)).await;
    refused.refused("ERROR", "limit consumed");
    assert_eq!(app.count("post_collection").await, 0);
    assert_eq!((app.consumed(10, "CAMPAIGN_REPORT").await, app.events().await.len()), (1, 0));
    client.post(COLLECTION, &body(2)).await.success();
    assert_eq!(app.consumed(10, "CAMPAIGN_REPORT").await, 3);
    let events = app.events().await;
    let told: Vec<_> = events
        .iter()
        .map(|event| (event["activityName"].as_str(), event["incrementCount"].as_i64()))
        .collect();
    let expected = [(Some("CAMPAIGN_REPORT"), Some(0)), (Some("ADD_POST_TO_COLLECTION"), Some(2))];
    assert_eq!(told, expected);
    assert_eq!(app.count("activity_tracker WHERE type = 'CAMPAIGN_REPORT'").await, 1);
}

#[actix_web::test]
async fn bad_input_is_refused_and_changes_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let id = collection(&client, 1).await;
    let path = format!("{COLLECTION}/{id}");
    let metrics: serde_json::Value = (0..101).map(|n| (format!("m{n}"), json!(1))).collect();
    for (change, message) in [
        (json!({"name": " "}), "name cannot be empty"),
        (json!({"name": "n".repeat(256)}), "invalid Request"),
        (json!({"comments": "a\u{0}"}), "invalid Request"),
        (json!({"metricsIngestionFreq": "f".repeat(46)}), "invalid Request"),
        (json!({"disabledMetrics": vec!["m"; 101]}), "invalid Request"),
        (json!({"expectedMetricValues": metrics}), "invalid Request"),
        (json!({"startTime": i64::MAX}), "invalid Request"),
        (json!({"startTime": 20, "endTime": 10}), "invalid time range"),
    ] {
        client.put(&path, &change).await.refused("ERROR", message);
    }
    client.put(&path, &json!({"startTime": 100, "endTime": 100})).await.success();
    // One end is compared with the other one that is stored.
    client.put(&path, &json!({"endTime": 99})).await.refused("ERROR", "invalid time range");
    client.put(&path, &json!({"startTime": 101})).await.refused("ERROR", "invalid time range");
    client.put(&path, &json!({"endTime": 101, "budget": 0, "comments": ""})).await.success();
    let read = client.get(&path).await.success()["collections"][0].clone();
    assert_eq!((&read["startTime"], &read["endTime"]), (&json!(100), &json!(101)));
    for body in [json!({}), json!({"name": "n", "source": " "}), json!({"name": "n"})] {
        let message = "Bad Request - Missing mandatory fields";
        client.post(COLLECTION, &body).await.refused("ERROR", message);
    }
    let saas = json!({"name": "n", "source": "saas", "items": posts(0..1)});
    client.post(COLLECTION, &saas).await.refused("ERROR", "bad Request. Invalid source");
    assert_eq!(app.count("post_collection").await, 1);
    client.put(&path, &json!({"enabled": false})).await.success();
    client.get(&path).await.refused("ERROR", &format!("invalid Record Id - {id}"));
}

#[actix_web::test]
async fn lists_continue_behind_the_last_row_whatever_they_are_sorted_by() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for number in 0..7 {
        let row = json!({
            "id": format!("id{number}"), "share_id": format!("s{number}"), "partner_id": 10,
            "name": format!("n{}", number % 3), "source": "CAMPAIGN", "source_id": number.to_string(),
            "enabled": number != 3, "budget": if number < 4 { Some(number / 2) } else { None },
            "created_by": "1",
        });
        app.seed("post_collection", &row).await;
    }
    let filters =
        json!({"filters": [{"filterType": "IN", "field": "source", "value": "CAMPAIGN"}]});
    let all = json!({"filters": [{"filterType": "NE", "field": "enabled", "value": "x"}]});
    client.post(&format!("{COLLECTION}/search"), &all).await.refused("ERROR", "invalid Request");
    for (sort, expected) in [
        ("id", "id6 id5 id4 id2 id1 id0"),
        ("name", "id2 id5 id1 id4 id0 id6"),
        ("budget", "id2 id0 id1 id4 id5 id6"),
        ("enabled", "id0 id1 id2 id4 id5 id6"),
        ("start_time", "id0 id1 id2 id4 id5 id6"),
    ] {
        let (mut found, mut cursor) = (Vec::new(), String::new());
        loop {
            let path =
                format!("{COLLECTION}/search?paging=keyset&size=2&sortBy={sort}&cursor={cursor}");
            let page = client.post(&path, &filters).await.success();
            assert_eq!(page["status"]["filteredCount"], 6, "{sort}");
            let ids = page["collections"].as_array().expect("a list").iter();
            found.extend(ids.map(|row| row["id"].as_str().expect("an id").to_owned()));
            match page["status"]["nextCursor"].as_str() {
                Some(next) => cursor = next.to_owned(),
                None => break,
            }
        }
        assert_eq!(found.join(" "), expected, "{sort}");
    }
}

#[actix_web::test]
async fn a_page_costs_the_same_whatever_its_size() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for number in 0..99 {
        let row = json!({
            "id": format!("id{number}"), "share_id": format!("s{number}"), "partner_id": 10,
            "name": "n", "source": "SAAS", "source_id": number.to_string(), "created_by": "1",
        });
        app.seed("post_collection", &row).await;
    }
    let cost = async |size: usize| {
        let before = app.metric("coffee_postgres_statements_total").await;
        let page = client.post(&format!("{COLLECTION}/search?size={size}"), &json!({})).await;
        assert_eq!(page.success()["collections"].as_array().map(Vec::len), Some(size));
        app.metric("coffee_postgres_statements_total").await - before
    };
    cost(1).await; // the caller is known from here on
    // The least of some counts: a connection that opens meanwhile has a statement of its own.
    let cost = async |size: usize| cost(size).await.min(cost(size).await);
    let unmeasured = cost(99).await;
    assert_eq!(cost(2).await, unmeasured);
    // The page and the number of all, sums, posts of those without sums; what begins a transaction.
    assert!(unmeasured <= 5.0, "{unmeasured} statements");
    let measured = "INSERT INTO collection_post_metrics_summary (platform, post_short_code, post_type, \
            post_title, post_link, published_at, profile_handle, profile_name, collection_id, \
            collection_type, collection_share_id) \
        SELECT 'INSTAGRAM', id, 'reels', '', '', now(), 'h', 'H', id, 'POST', share_id FROM post_collection";
    app.execute(measured).await;
    // The best posts in place of the posts of those without sums.
    assert_eq!(cost(99).await, unmeasured);
}
