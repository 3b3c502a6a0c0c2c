//! Items by the handle of their account; the collector knows those that are not stored.

use std::time::Duration;

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{COLLECTION, at};
use crate::support::{Collector, TestApp};

const CHANNEL: &str = "/youtube/channel/byhandle/ashacooks";

async fn start() -> (Collector, TestApp) {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    collector.answers("/profiles/instagram/byhandle/asha", &json!({
        "status": {"type": "SUCCESS"},
        "profile": {"platform": "INSTAGRAM", "handle": "asha", "profile_id": "77", "followers": 5, "recent_posts": []},
    }));
    let channel = json!({"status": {"type": "SUCCESS"}, "response": {"channel_id": "UC1"}});
    collector.answers(CHANNEL, &channel);
    collector.answers(
        "/profiles/youtube/byhandle/UC1",
        &json!({
            "status": {"type": "SUCCESS"},
            "profile": {"channel_id": "UC1", "title": "Asha Cooks", "subscribers": 999},
        }),
    );
    (collector, app)
}

fn handle(platform: &str, handle: &str) -> Value {
    json!({"platform": platform, "profile": {"handle": handle}})
}

#[actix_web::test]
async fn unknown_handles_are_imported_and_those_of_nobody_fail() {
    let (collector, app) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    let known = app.seed_instagram(&json!({"handle": "known"})).await;
    let items = json!([
        handle("INSTAGRAM", "https://www.instagram.com/Known/"),
        handle("INSTAGRAM", "@Asha"),
        handle("YOUTUBE", "@ashacooks"),
        handle("YOUTUBE", "UC1"),
        handle("YOUTUBE", "@nobody"),
        handle("INSTAGRAM", "nobody"),
        handle("GCC", "asha"),
        {"platform": "INSTAGRAM", "profile": {"handle": " "}},
        {"platform": "INSTAGRAM"},
    ]);
    let new = json!({"name": "A", "source": "SAAS", "items": items});
    let created = client.post(COLLECTION, &new).await.success();
    let path = at(format_args!("/{}/item", created["collections"][0]["id"]));
    let asked = collector.received().len();
    let added = client.post(&path, &items).await.success();
    let social = |item: &Value| item["profileSocialId"].as_str().expect("a handle").to_owned();
    let rows = added["collectionItems"].as_array().expect("items");
    assert_eq!(rows.iter().map(social).collect::<Vec<_>>(), ["known", "asha", "UC1"]);
    assert_eq!(rows[0]["platformAccountCode"], known);
    assert!(rows.iter().all(|row| row["campaignProfileId"].is_i64()), "{rows:?}");
    let failed = added["failedItems"].as_array().expect("items");
    let named = |item: &Value| item["profile"]["handle"].clone();
    let expected = [json!("@nobody"), json!("nobody"), json!("asha"), json!(" "), json!(null)];
    assert_eq!(failed.iter().map(named).collect::<Vec<_>>(), expected);
    let paths: Vec<_> = collector.received().into_iter().skip(asked).map(|one| one.path).collect();
    assert!(
        !paths.iter().any(|path| path.contains("byhandle/asha") && path.contains("instagram")),
        "known by now: {paths:?}"
    );
    assert_eq!(app.count("profile_collection_item").await, 3);
    assert_eq!((app.count("instagram_account").await, app.count("youtube_account").await), (2, 1));
    // To be removed an account has to be stored; nobody is asked.
    let asked = collector.received().len();
    let removal = json!([handle("INSTAGRAM", "ASHA"), handle("YOUTUBE", "UC1")]);
    super::delete(&client, &path, &removal).await.success();
    let refused = super::delete(&client, &path, &json!([handle("INSTAGRAM", "nobody")])).await;
    refused.refused("500", "error while finding profile");
    assert_eq!(collector.received().len(), asked);
    assert_eq!(app.count("profile_collection_item WHERE enabled").await, 1);
}

#[actix_web::test]
async fn a_change_with_items_imports_likewise() {
    let (_collector, app) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 10).await;
    let tracker = app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    let change = json!({"name": "New", "items": [handle("INSTAGRAM", "asha"), handle("YOUTUBE", "@nobody")]});
    client.put(&at(format_args!("/{tracker}")), &change).await.success();
    assert_eq!(app.count("profile_collection_item WHERE enabled").await, 1);
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 1);
}

#[actix_web::test]
async fn a_collector_that_is_away_leaves_unknown_handles_out() {
    let (collector, app) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    app.seed_instagram(&json!({"handle": "known"})).await;
    collector.stop().await;
    let items = json!([handle("INSTAGRAM", "asha"), handle("INSTAGRAM", "known")]);
    let new = json!({"name": "A", "source": "SAAS-AT", "items": items});
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 10).await;
    let created = client.post(COLLECTION, &new).await.success();
    assert_eq!(app.count("profile_collection_item").await, 1);
    let path = at(format_args!("/{}/item", created["collections"][0]["id"]));
    let added = client.post(&path, &json!([handle("YOUTUBE", "@ashacooks")])).await.success();
    assert_eq!(
        (&added["collectionItems"], added["failedItems"].as_array().map(Vec::len)),
        (&json!([]), Some(1))
    );
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 1);
}

#[actix_web::test]
async fn no_transaction_is_open_while_the_collector_works() {
    let (collector, app) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    let collection = app.seed_collection(10, "own", &json!({})).await;
    collector.hold();
    let path = at(format_args!("/{collection}/item"));
    let adding = actix_web::rt::spawn(async move {
        client.post(&path, &json!([handle("INSTAGRAM", "asha")])).await.success()
    });
    app.eventually("a call", async || !collector.received().is_empty()).await;
    let open = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
                AND pid <> pg_backend_pid() AND xact_start IS NOT NULL AND state <> 'active'";
    assert_eq!(app.value(open).await.as_deref(), Some("0"));
    collector.release();
    let added = tokio::time::timeout(Duration::from_secs(20), adding).await;
    let added = added.expect("in time").expect("no panic");
    assert_eq!(added["collectionItems"][0]["profileSocialId"], "asha");
}
