//! Collections in the list have their present totals.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{ids, seed, shown};
use crate::support::TestApp;

async fn seed_post_collection(app: &TestApp, partner: i64, id: &str) {
    let row = json!({"id": id, "share_id": id, "partner_id": partner, "name": id,
        "source": "SAAS", "source_id": id, "created_by": "1"});
    app.seed("post_collection", &row).await;
}

async fn seed_post(app: &TestApp, collection: &str, kind: &str, post: (&str, &str, i64)) {
    let (platform, code, reach) = post;
    let row = json!({"platform": platform, "post_type": "reels", "post_short_code": code,
        "post_title": "t", "post_link": "l", "published_at": "2024-07-01", "profile_name": "n",
        "collection_id": collection, "collection_type": kind, "collection_share_id": collection,
        "reach": reach});
    app.seed("collection_post_metrics_summary", &row).await;
}

async fn seed_keyword_collection(app: &TestApp, partner: i64, id: &str, totals: (Value, Value)) {
    let row = json!({"id": id, "share_id": id, "name": id, "partner_id": partner,
        "platform": "INSTAGRAM", "keywords": ["a"], "start_time": "2024-07-01",
        "end_time": "2024-07-02", "created_by": "1", "report_total_posts": totals.0,
        "report_total_reach": totals.1});
    app.seed("keyword_collection", &row).await;
}

fn meta(collection: &str) -> Value {
    json!({"id": collection, "platform": "INSTAGRAM", "result": {"name": "n", "reach": -1}})
}

fn enriched(collection: &str, posts: i64, reach: i64) -> Value {
    json!({"id": collection, "platform": "INSTAGRAM",
        "result": {"name": "n", "postCount": posts, "reach": reach}})
}

#[actix_web::test]
async fn campaign_reports_have_the_totals_of_the_own_collection() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (partner, id) in [(10, "own"), (10, "empty"), (20, "foreign"), (10, "gone")] {
        seed_post_collection(&app, partner, id).await;
        if id != "empty" {
            seed_post(&app, id, "POST", ("INSTAGRAM", "p1", 100)).await;
            seed_post(&app, id, "POST", ("YOUTUBE", "p1", 20)).await;
            seed_post(&app, id, "POST", ("INSTAGRAM", "p2", 3)).await;
            seed_post(&app, id, "PROFILE", ("INSTAGRAM", "p3", 1000)).await;
        }
    }
    app.execute("UPDATE post_collection SET enabled = false WHERE id = 'gone'").await;
    let rows = ["own", "empty", "foreign", "gone", "unknown"];
    for (number, collection) in (1..).zip(rows) {
        seed(&app, number, (10, 101), "CAMPAIGN_REPORT", meta(collection)).await;
    }
    assert_eq!(shown(&client, 1).await["meta"], enriched("own", 2, 123));
    assert_eq!(shown(&client, 2).await["meta"], enriched("empty", 0, 0));
    for (number, collection) in [(3, "foreign"), (4, "gone"), (5, "unknown")] {
        assert_eq!(shown(&client, number).await["meta"], meta(collection));
    }
    // The platform's own partner sees every collection, and still only the row's own counts.
    let admin = app.partner(-1, Plan::Paid).await;
    let seen = async |id: i64| {
        let path = format!("/activity-service/api/activity/{id}");
        admin.get(&path).await.success()["activities"][0]["meta"].clone()
    };
    assert_eq!(seen(1).await, enriched("own", 2, 123));
    assert_eq!(seen(3).await, meta("foreign"));
}

#[actix_web::test]
async fn topic_researches_have_the_totals_of_the_own_report() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Paid).await;
    for (partner, id, totals) in [
        (10, "own", (json!(7), json!(900))),
        (10, "unfinished", (json!(null), json!(null))),
        (10, "half", (json!(3), json!(null))),
        (20, "foreign", (json!(7), json!(900))),
    ] {
        seed_keyword_collection(&app, partner, id, totals).await;
    }
    for (number, collection) in (1..).zip(["own", "unfinished", "half", "foreign", "unknown"]) {
        seed(&app, number, (10, 101), "TOPIC_RESEARCH", meta(collection)).await;
    }
    // Ids of the other kind of collection mean nothing.
    seed(&app, 6, (10, 101), "CAMPAIGN_REPORT", meta("own")).await;
    assert_eq!(shown(&client, 1).await["meta"], enriched("own", 7, 900));
    for (number, collection) in
        [(2, "unfinished"), (3, "half"), (4, "foreign"), (5, "unknown"), (6, "own")]
    {
        assert_eq!(shown(&client, number).await["meta"], meta(collection));
    }
}

#[actix_web::test]
async fn a_page_costs_the_same_whatever_its_size() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let cost = async |size: i64| {
        let before = app.metric("coffee_postgres_statements_total").await;
        assert_eq!(ids(&client, &format!("?size={size}"), &[]).await.len() as i64, size);
        app.metric("coffee_postgres_statements_total").await - before
    };
    for number in 0..20 {
        let kind = ["CAMPAIGN_REPORT", "TOPIC_RESEARCH"][number % 2];
        let id = i64::try_from(number).expect("small") + 1;
        seed(&app, id, (10, 101), kind, meta(&format!("c{number}"))).await;
    }
    cost(1).await; // the caller is known from here on
    // Two lists of five statements: count, page, post collections, what those have come to, reports.
    assert_eq!(cost(2).await, 10.0);
    assert_eq!(cost(20).await, 10.0);
}

#[actix_web::test]
async fn totals_that_cannot_be_read_leave_the_stored_ones() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seed_post_collection(&app, 10, "own").await;
    seed(&app, 1, (10, 101), "CAMPAIGN_REPORT", meta("own")).await;
    assert_eq!(shown(&client, 1).await["meta"], enriched("own", 0, 0));
    app.execute("ALTER TABLE collection_post_metrics_summary RENAME TO away").await;
    assert_eq!(shown(&client, 1).await["meta"], meta("own"));
}
