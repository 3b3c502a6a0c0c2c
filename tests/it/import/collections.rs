//! `coffee import collections`.

use std::path::Path;

use coffee::core::caller::Caller;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::import::{Summary, collections};
use serde_json::json;

use super::{Folder, OF_INDIA};
use crate::support::{Collector, TestApp};

const HEADER: &str = "collection,platform,handle,link\n";

/// Imports a list for partner 10.
async fn try_import(app: &TestApp, plan: Plan, file: &Path) -> Result<Summary, String> {
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let caller = Caller { partner_id: Some(10), account_id: Some(101), plan, ..Caller::default() };
    collections(stores, caller, file, OF_INDIA).await.map_err(|error| error.to_string())
}

async fn import(app: &TestApp, file: &Path) -> Summary {
    try_import(app, Plan::Saas, file).await.expect("imports")
}

/// Names and sources of all collections, with their items and the ranks of these.
async fn stored(app: &TestApp) -> String {
    let sql = "SELECT string_agg(line, '; ' ORDER BY line) FROM ( \
            SELECT concat_ws(' ', c.source, c.name, c.analytics_enabled, c.created_by, \
                (SELECT string_agg(profile_social_id || '=' || rank, ',' ORDER BY platform, rank) \
                 FROM profile_collection_item i WHERE profile_collection_id = c.id AND enabled)) AS line \
            FROM profile_collection c WHERE partner_id = 10 \
            UNION ALL \
            SELECT concat_ws(' ', c.source, c.name, \
                (SELECT string_agg(short_code, ',' ORDER BY short_code) \
                 FROM post_collection_item i WHERE post_collection_id = c.id AND enabled)) \
            FROM post_collection c WHERE partner_id = 10) AS lines";
    app.value(sql).await.unwrap_or_default()
}

#[actix_web::test]
async fn handles_go_into_a_tracker_and_links_into_a_collection_of_posts() {
    let app = TestApp::start().await;
    app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 10).await;
    app.seed_instagram(&json!({"handle": "asha"})).await;
    app.seed_youtube(&json!({"channel_id": "UC1"})).await;
    let folder = Folder::new();
    let csv = format!(
        "{HEADER}\
         Diwali,instagram,@Asha,\n\
         Diwali,YOUTUBE,,https://youtu.be/UsMRgnTcchY\n\
         Diwali,INSTAGRAM,nobody.knows,\n\
         Diwali,YOUTUBE,https://youtube.com/channel/UC1,\n\
         Diwali,YOUTUBE,UC1,https://youtu.be/UsMRgnTcchY\n\
         Diwali,INSTAGRAM,https://www.instagram.com/asha/,\n\
         Diwali,YOUTUBE,,\n\
         Unknown,INSTAGRAM,nobody.knows,\n"
    );
    let file = folder.file("lists.csv", csv);
    let expected = "SAAS Diwali UsMRgnTcchY; SAAS-AT Diwali t 101 asha=1,UC1=1";
    for _ in 0..2 {
        let summary = import(&app, &file).await;
        assert_eq!((summary.read, summary.imported, summary.items), (8, 4, 4));
        assert_eq!(summary.collections, 2);
        let problems: Vec<_> =
            summary.problems.iter().map(|row| (row.line, row.reason, &*row.value)).collect();
        let expected_problems = [
            (4, "unknown handle", "nobody.knows"),
            (6, "handle and link", "UC1"),
            (8, "neither handle nor link", ""),
            (9, "unknown handle", "nobody.knows"),
        ];
        assert_eq!(problems, expected_problems);
        assert_eq!(stored(&app).await, expected);
        assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 2);
        let told = app.events().await;
        let count = |name| told.iter().filter(|one| one["activityName"] == name).count();
        assert_eq!((count("ADD_PROFILE_TO_COLLECTION"), count("ADD_POST_TO_COLLECTION")), (1, 1));
    }
    app.seed_instagram(&json!({"handle": "nobody.knows"})).await;
    assert_eq!(import(&app, &file).await.imported, 6);
    let expected = "SAAS Diwali UsMRgnTcchY; SAAS-AT Diwali t 101 asha=1,nobody.knows=2,UC1=1; \
                    SAAS-AT Unknown t 101 nobody.knows=1";
    assert_eq!(stored(&app).await, expected);
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 4);
}

#[actix_web::test]
async fn handles_that_nobody_knows_come_from_the_collector() {
    let collector = Collector::start().await;
    let app = TestApp::start_with(&collector.section()).await;
    app.partner(10, Plan::Saas).await;
    let profile = json!({"status": {"type": "SUCCESS"}, "profile": {
        "platform": "INSTAGRAM", "handle": "asha", "profile_id": "77", "followers": 5,
        "recent_posts": [],
    }});
    collector.answers("/profiles/instagram/byhandle/asha", &profile);
    let folder = Folder::new();
    let file = folder
        .file("lists.csv", format!("{HEADER}Diwali,INSTAGRAM,asha,\nDiwali,YOUTUBE,@asha,\n"));
    let summary = import(&app, &file).await;
    assert_eq!((summary.imported, summary.skipped.get("unknown handle")), (1, Some(&1)));
    assert_eq!(stored(&app).await, "SAAS-AT Diwali t 101 asha=1");
}

#[actix_web::test]
async fn a_plan_limits_imported_trackers() {
    let app = TestApp::start().await;
    app.partner(10, Plan::Free).await;
    let mut csv = HEADER.to_owned();
    for number in 0..6 {
        app.seed_instagram(&json!({"handle": format!("asha{number}")})).await;
        csv.push_str(&format!("Diwali,INSTAGRAM,asha{number},\n"));
    }
    let folder = Folder::new();
    let refused = try_import(&app, Plan::Free, &folder.file("lists.csv", csv)).await;
    let text =
        "collection \"Diwali\": you are not allowed to add more than 5 profiles in one tracker";
    assert!(refused.expect_err("one too many").starts_with(text));
    assert_eq!(stored(&app).await, "");
}

#[actix_web::test]
async fn two_imports_at_once_make_one_tracker() {
    let app = TestApp::start().await;
    app.partner(10, Plan::Saas).await;
    let mut csv = HEADER.to_owned();
    for number in 0..20 {
        app.seed_instagram(&json!({"handle": format!("asha{number}")})).await;
        csv.push_str(&format!("Diwali,INSTAGRAM,asha{number},\n"));
        csv.push_str(&format!("Diwali,YOUTUBE,,https://youtu.be/UsMRgnTcc{number}\n"));
    }
    let folder = Folder::new();
    let file = folder.file("lists.csv", csv);
    futures_util::join!(import(&app, &file), import(&app, &file));
    assert_eq!((app.count("profile_collection").await, app.count("post_collection").await), (1, 1));
    assert_eq!(app.count("profile_collection_item WHERE enabled").await, 20);
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 20);
}

#[actix_web::test]
async fn more_accounts_than_one_call_takes_are_one_tracker() {
    let app = TestApp::start().await;
    app.partner(10, Plan::Saas).await;
    app.set_usage(10, "ACCOUNT_TRACKING", 0, 1000).await;
    app.execute(
        "INSERT INTO instagram_account (ig_id, handle) SELECT 'i' || n, 'asha' || n \
         FROM generate_series(1, 501) n",
    )
    .await;
    let lines: String = (1..=501).map(|n| format!("Diwali,INSTAGRAM,asha{n},\n")).collect();
    let folder = Folder::new();
    let file = folder.file("lists.csv", format!("{HEADER}{lines}"));
    let summary = import(&app, &file).await;
    assert_eq!((summary.imported, summary.collections), (501, 1));
    assert_eq!(app.count("profile_collection").await, 1);
    assert_eq!(
        app.value("SELECT max(rank) FROM profile_collection_item").await.as_deref(),
        Some("501")
    );
    assert_eq!(app.consumed(10, "ACCOUNT_TRACKING").await, 501);
}
