//! What pages cost: the same whatever their size.

use coffee::core::types::Plan;
use serde_json::json;

use super::{STATEMENTS, at, eq};
use crate::support::TestApp;

/// Statements of a page: what begins a transaction and admits the caller's rows comes on top.
const MOST: f64 = 4.0;
const BEGIN: f64 = 1.0;

#[actix_web::test]
async fn a_page_of_collections() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let (ig, yt) = (app.seed_instagram(&json!({})).await, app.seed_youtube(&json!({})).await);
    for number in 0..99 {
        let source = if number % 2 == 0 { "SAAS" } else { "SAAS-AT" };
        let columns = json!({"source": source});
        let id = app.seed_collection(10, &format!("key{number}"), &columns).await;
        app.seed_item((10, id), ("INSTAGRAM", ig), &json!({})).await;
        app.seed_item((10, id), ("YOUTUBE", yt), &json!({})).await;
    }
    let cost = async |size: usize| {
        let before = app.metric(STATEMENTS).await;
        let page =
            client.post(&at(format_args!("/search?size={size}")), &json!({})).await.success();
        let entries = page["collections"].as_array().expect("a page");
        assert_eq!(entries.len(), size);
        let top = &entries[0]["platformWiseItemsSummary"]["YOUTUBE"]["topFiveAccounts"];
        assert_eq!(top.as_array().map(Vec::len), Some(1));
        app.metric(STATEMENTS).await - before
    };
    cost(2).await; // the caller is known from here on
    let (few, many) = (cost(2).await, cost(99).await);
    assert_eq!(few, many);
    assert!(many <= MOST + BEGIN, "{many} statements");
}

#[actix_web::test]
async fn a_page_of_items() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let collection = app.seed_collection(10, "own", &json!({})).await;
    for number in 0..99 {
        let id = app.seed_instagram(&json!({"followers": number})).await;
        let item =
            app.seed_item((10, collection), ("INSTAGRAM", id), &json!({"rank": number})).await;
        let value = json!({"profile_collection_item_id": item, "key": "fee", "value": "1"});
        app.seed("profile_collection_item_cc_data", &value).await;
    }
    let lone = app.without_partner().await;
    let own = json!({"filters": [eq("collectionId", collection), eq("platform", "INSTAGRAM")]});
    let shared = json!({"filters": [eq("collectionShareId", "own"), eq("platform", "INSTAGRAM")]});
    for (reader, filters, begin) in [(&client, own, BEGIN), (&lone, shared, BEGIN + 2.0)] {
        let cost = async |size: usize| {
            let before = app.metric(STATEMENTS).await;
            let path =
                at(format_args!("/item/search?size={size}&sortBy=profile_collection_item.rank"));
            let page = reader.post(&path, &filters).await.success();
            let entries = page["collectionItems"].as_array().expect("a page");
            assert_eq!(entries.len(), size);
            assert_eq!(entries[0]["customColumnsData"][0]["value"], "1");
            app.metric(STATEMENTS).await - before
        };
        cost(2).await; // the caller is known from here on
        let (few, many) = (cost(2).await, cost(99).await);
        assert_eq!(few, many);
        assert!(many <= MOST + begin, "{many} statements");
    }
}
