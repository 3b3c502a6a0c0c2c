//! Profile collections that are filled from the rows of a file.

use actix_web::HttpResponse;
use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::leaderboard_files::tracker;
use super::{Bed, message_of};
use crate::support::{HttpFake, TestApp};

const OVER: &str = "You are not allowed to add more than 5 profiles in one collection. Please upgrade your account.";
const ADDED: &str = "Item Added Successfully";

/// With a collector that knows nobody.
async fn bed() -> (Bed, HttpFake, HttpFake) {
    let tracker = tracker().await;
    let collector = HttpFake::start(|_| HttpResponse::NotFound().finish()).await;
    let (reports, accounts) = (tracker.url.clone(), collector.url.clone());
    let bed = Bed::of(TestApp::start().await, |config| {
        config.job_tracker.url = reports;
        config.collector.url = accounts;
    });
    (bed.await, tracker, collector)
}

/// Adds Instagram accounts by their handles; remarks of the rows.
async fn remarks(
    (bed, tracker, _): &(Bed, HttpFake, HttpFake),
    (plan, batch): (Plan, i64),
    collection: &str,
    handles: &[String],
) -> Vec<String> {
    let row = |handle| json!({"inputNode": {"platform": "INSTAGRAM", "handle": handle}});
    let mut items: Vec<Value> = handles.iter().map(row).collect();
    items[0]["inputNode"]["collectionId"] = json!(collection);
    let batch = json!({"id": batch, "status": "PENDING", "jobBatchItems": items});
    let outcome = bed.deliver("add_item_profile_collection", &message_of(plan, &batch)).await;
    assert_eq!(outcome, Outcome::Done);
    let report = tracker.seen().pop().expect("a report").json();
    assert_eq!(
        (&report["status"], &report["remarks"]),
        (&json!("COMPLETED"), &json!("Items Processed"))
    );
    let items = report["jobBatchItems"].as_array().expect("items").iter();
    items.map(|item| item["outputNode"]["REMARK"].as_str().expect("a remark").to_owned()).collect()
}

async fn enabled(bed: &Bed) -> i64 {
    bed.app.count("profile_collection_item WHERE enabled").await
}

/// Accounts with these handles.
async fn accounts(bed: &Bed, handles: &[&str]) -> Vec<i64> {
    let mut ids = Vec::new();
    for handle in handles {
        ids.push(bed.app.seed_instagram(&json!({"handle": handle})).await);
    }
    ids
}

fn texts(texts: &[&str]) -> Vec<String> {
    texts.iter().map(|text| (*text).to_owned()).collect()
}

#[actix_web::test]
async fn rows_beyond_the_plan_are_refused_one_by_one() {
    let all = bed().await;
    let bed = &all.0;
    let tracker = bed.app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    let ids = accounts(bed, &["a", "b", "c", "d", "e", "f", "gone"]).await;
    for id in &ids[..4] {
        bed.app.seed_item((10, tracker), ("INSTAGRAM", *id), &json!({})).await;
    }
    let gone = json!({"enabled": false, "rank": 9});
    bed.app.seed_item((10, tracker), ("INSTAGRAM", ids[6]), &gone).await;
    let rows = texts(&["a", "e", "E", "f", "gone", "nobody", "b"]);
    let said = remarks(&all, (Plan::Free, 5), &tracker.to_string(), &rows).await;
    let unknown = "failed to add item to collection";
    assert_eq!(said, [ADDED, ADDED, ADDED, OVER, OVER, unknown, ADDED]);
    assert_eq!(enabled(bed).await, 5);
    // Without a charge each new item is told all the same.
    assert_eq!(bed.app.events().await.len(), 1);
}

#[actix_web::test]
async fn each_row_is_charged_once_while_the_contract_has_room() {
    let all = bed().await;
    let bed = &all.0;
    bed.app.partner(10, Plan::Paid).await;
    bed.app.set_usage(10, "ACCOUNT_TRACKING", 4, 6).await;
    let tracker = bed.app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    accounts(bed, &["a", "b", "c"]).await;
    let rows = texts(&["a", "b", "c"]);
    for _ in 0..2 {
        let said = remarks(&all, (Plan::Paid, 5), &tracker.to_string(), &rows).await;
        assert_eq!(said, [ADDED, ADDED, "limit consumed"]);
    }
    // A further batch finds two of them there.
    let said = remarks(&all, (Plan::Paid, 6), &tracker.to_string(), &rows).await;
    assert_eq!(said, [ADDED, ADDED, "limit consumed"]);
    assert_eq!((enabled(bed).await, bed.app.consumed(10, "ACCOUNT_TRACKING").await), (2, 6));
    let events = bed.app.events().await;
    let counts: Vec<_> = events.iter().map(|event| event["incrementCount"].clone()).collect();
    assert_eq!(counts, [json!(1), json!(1)]);
}

#[actix_web::test]
async fn a_collection_that_is_not_the_senders_gets_nothing() {
    let all = bed().await;
    let bed = &all.0;
    let foreign = bed.app.seed_collection(20, "foreign", &json!({})).await.to_string();
    let featured = bed.app.seed_collection(20, "featured", &json!({"featured": true})).await;
    accounts(bed, &["a"]).await;
    let rows = texts(&["a", "unknown"]);
    let said = remarks(&all, (Plan::Saas, 5), &foreign, &rows).await;
    assert_eq!(said, vec![format!("invalid Record Id - {foreign}"); 2]);
    let said = remarks(&all, (Plan::Saas, 6), "12x", &rows).await;
    assert_eq!(said, vec!["invalid Record Id - 12x"; 2]);
    let said = remarks(&all, (Plan::Saas, 7), &featured.to_string(), &rows).await;
    assert_eq!(said, vec!["you are not authorized to delete this collection"; 2]);
    assert_eq!(enabled(bed).await, 0);
    // Nobody was asked who that is.
    assert_eq!(all.2.seen().len(), 0);
}

#[actix_web::test]
async fn a_file_may_have_more_rows_than_a_request() {
    let all = bed().await;
    let bed = &all.0;
    let list = bed.app.seed_collection(10, "list", &json!({})).await;
    bed.app
        .execute(
            "INSERT INTO instagram_account (id, ig_id, handle, followers) \
             SELECT n, n::text, 'h' || n, n FROM generate_series(1, 620) n",
        )
        .await;
    let rows: Vec<String> = (1..=620).map(|n| format!("h{n}")).collect();
    let said = remarks(&all, (Plan::Free, 5), &list.to_string(), &rows).await;
    assert!(said.iter().all(|remark| remark == ADDED));
    let sql = "SELECT count(*) FROM profile_collection_item WHERE enabled AND rank = platform_account_code";
    assert_eq!(bed.app.value(sql).await.as_deref(), Some("620"));
}
