//! The posts of collections are measured from what was observed.

use serde_json::{Value, json};

use super::{run, try_run};
use crate::support::TestApp;

const JOB: &str = "collection-metrics";

/// A video of channel `UC1` on one day.
fn video(code: &str, day: &str, (views, likes): (i64, i64)) -> Value {
    json!({
        "platform": "YOUTUBE", "platform_id": "UC1", "post_id": code, "observed_on": day, "source": "test",
        "account_name": "A channel", "published_at": "2024-04-30 20:00:00",
        "title": "Kaffee in München with #Coffee and #coffee", "category": "", "views": views, "likes": likes,
        "comments": 1, "tags": [], "hashtags": [], "countries": [],
    })
}

fn photo(code: &str, day: &str, likes: i64) -> Value {
    json!({
        "platform": "INSTAGRAM", "platform_id": "ig1", "post_id": code, "observed_on": day, "source": "test",
        "account_name": "asha", "published_at": "2024-05-01 08:00:00", "title": "morning", "category": "",
        "likes": likes, "comments": 2, "tags": [], "hashtags": ["#Chai"], "countries": [],
    })
}

async fn post_collection(app: &TestApp, id: &str, items: &[(&str, &str, &str)]) {
    let row = json!({
        "id": id, "share_id": format!("share-{id}"), "partner_id": 10, "name": id, "source": "SAAS",
        "source_id": id, "created_by": "1",
    });
    app.seed("post_collection", &row).await;
    for (platform, code, kind) in items {
        let item = json!({
            "platform": platform, "short_code": code, "post_type": kind, "post_collection_id": id,
            "cost": 500, "created_by": "1",
        });
        app.seed("post_collection_item", &item).await;
    }
}

async fn summary(app: &TestApp, columns: &str) -> String {
    let sql = format!(
        "SELECT string_agg(concat_ws(' ', {columns}), '; ' ORDER BY collection_type, collection_id, post_short_code) \
         FROM collection_post_metrics_summary"
    );
    app.value(&sql).await.unwrap_or_default()
}

async fn series(app: &TestApp) -> String {
    let sql = "SELECT post_short_code, stats_date, round(views), likes FROM mart_collection_post_ts FINAL \
               ORDER BY collection_type, collection_id, post_short_code, stats_date FORMAT CSV";
    app.clickhouse(sql, String::new()).await
}

#[actix_web::test]
async fn posts_of_a_collection_stand_as_they_were_observed_last() {
    let app = TestApp::start_with_clickhouse().await;
    app.seed_youtube(&json!({"channel_id": "UC1", "title": "The channel", "followers": 7000}))
        .await;
    let observed = [
        video("v1", "2024-05-01", (100, 5)),
        video("v1", "2024-05-02", (90, 6)),
        video("other", "2024-05-02", (9999, 9)),
        photo("p1", "2024-05-02", 100),
        photo("p1", "2024-05-03", 0),
    ];
    app.seed_clickhouse("post_observations", &observed).await;
    let items =
        [("YOUTUBE", "v1", "video"), ("INSTAGRAM", "p1", "image"), ("YOUTUBE", "unseen", "video")];
    post_collection(&app, "c1", &items).await;
    assert_eq!(run(&app, JOB).await, 2);
    let columns = "post_short_code, views, likes, comments, reach, impressions, cost, published_at, \
                   profile_handle, profile_name, followers, hashtags->>0";
    assert_eq!(
        summary(&app, columns).await,
        // reach 0.85 * 100 * (7.6 - 0.7 * 2) = 527, impressions 0.95 * 100 * (7.6 - 0.75 * 2) = 579.5
        "p1 527 100 2 527 580 500 2024-05-01 asha asha 0 #chai; \
         v1 90 6 1 90 90 500 2024-05-01 UC1 The channel 7000 #coffee"
    );
    assert_eq!(
        series(&app).await,
        "\"p1\",\"2024-05-02\",527,100\n\"p1\",\"2024-05-03\",527,100\n\
         \"v1\",\"2024-05-01\",100,5\n\"v1\",\"2024-05-02\",90,6\n"
    );
    let tags = "SELECT string_agg(hashtag_name || tagged_count, ' ' ORDER BY hashtag_name COLLATE \"C\") \
                FROM collection_hashtag";
    assert_eq!(app.value(tags).await.as_deref(), Some("#Chai1 #Coffee1 #coffee1"));
    let words = "SELECT string_agg(keyword_name || tagged_count, ' ' ORDER BY keyword_name COLLATE \"C\") \
                 FROM collection_keyword";
    let words = app.value(words).await;
    assert_eq!(words.as_deref(), Some("Coffee1 Kaffee1 München1 coffee1 morning1"));
}

#[actix_web::test]
async fn only_what_changed_is_measured_again_and_what_left_is_removed() {
    let app = TestApp::start_with_clickhouse().await;
    app.seed_clickhouse("post_observations", &[video("v1", "2024-05-01", (1, 1))]).await;
    app.seed_clickhouse("post_observations", &[video("v2", "2024-05-01", (2, 2))]).await;
    for id in ["c1", "c2"] {
        post_collection(&app, id, &[("YOUTUBE", "v1", "video"), ("YOUTUBE", "v2", "video")]).await;
    }
    // As if it had been a while ago: a change within a minute counts as later.
    let past = "updated_at = now() - interval '1 hour'";
    let age = format!("UPDATE post_collection SET {past}; UPDATE post_collection_item SET {past}");
    sea_orm::sqlx::raw_sql(sea_orm::sqlx::AssertSqlSafe(age))
        .execute(&app.owner)
        .await
        .expect("aged");
    assert_eq!(run(&app, JOB).await, 4);
    assert_eq!(run(&app, JOB).await, 0, "nothing changed");
    app.execute(
        "UPDATE post_collection_item SET show_in_report = false, updated_at = now() \
         WHERE post_collection_id = 'c1' AND short_code = 'v2'",
    )
    .await;
    assert_eq!(run(&app, JOB).await, 1);
    assert_eq!(summary(&app, "collection_id, post_short_code").await, "c1 v1; c2 v1; c2 v2");
    app.execute("UPDATE post_collection SET enabled = false, updated_at = now() WHERE id = 'c2'")
        .await;
    run(&app, JOB).await;
    assert_eq!(summary(&app, "collection_id, post_short_code").await, "c1 v1");
    assert_eq!(series(&app).await, "\"v1\",\"2024-05-01\",1,1\n");
    assert_eq!(app.count("collection_keyword").await, 4, "those of c1 alone");
    // Newer observations concern every collection.
    app.seed_clickhouse("post_observations", &[video("v1", "2024-05-02", (3, 1))]).await;
    run(&app, JOB).await;
    assert_eq!(summary(&app, "post_short_code, views").await, "v1 3");
}

#[actix_web::test]
async fn a_tracker_has_the_posts_of_its_accounts() {
    let app = TestApp::start_with_clickhouse().await;
    let account = app.seed_youtube(&json!({"channel_id": "UC1", "title": "The channel"})).await;
    app.seed_clickhouse("post_observations", &[video("v1", "2024-05-01", (1, 1))]).await;
    app.seed_clickhouse("post_observations", &[video("v2", "2024-05-01", (2, 2))]).await;
    let tracker = app.seed_collection(10, "tracker", &json!({"source": "SAAS-AT"})).await;
    let plain = app.seed_collection(10, "plain", &json!({})).await;
    for collection in [tracker, plain] {
        app.seed_item((10, collection), ("YOUTUBE", account), &json!({})).await;
    }
    assert_eq!(run(&app, JOB).await, 2);
    let expected = format!("PROFILE {tracker} tracker v1 1; PROFILE {tracker} tracker v2 2");
    let columns = "collection_type, collection_id, collection_share_id, post_short_code, views";
    assert_eq!(summary(&app, columns).await, expected);
}

#[actix_web::test]
async fn a_collection_that_cannot_be_measured_keeps_no_other_waiting() {
    let app = TestApp::start_with_clickhouse().await;
    // Longer than the summary holds.
    let endless = "x".repeat(300);
    for code in [endless.as_str(), "v1"] {
        app.seed_clickhouse("post_observations", &[video(code, "2024-05-01", (1, 1))]).await;
    }
    post_collection(&app, "c1", &[("YOUTUBE", &endless, "video")]).await;
    post_collection(&app, "c2", &[("YOUTUBE", "v1", "video")]).await;
    assert!(try_run(&app, JOB).await.is_err(), "operators hear of it");
    assert_eq!(summary(&app, "collection_id, post_short_code").await, "c2 v1");
}
