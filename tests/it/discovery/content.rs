//! Recent posts of an account, from the collector.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use super::BASE;
use crate::support::{Answer, Client, Collector, TestApp, send};

const POSTS: &str = "/recent/posts/instagram/byprofileid/77";

async fn ask(client: &Client, platform: &str, account: i64) -> Answer {
    client.list(&format!("{BASE}/{platform}/{account}/content"), &[("X", "y", "z")]).await
}

async fn start() -> (Collector, TestApp, i64) {
    let collector = Collector::start().await;
    let section = format!("{}cdn_url = \"https://cdn.example.com\"\n", collector.section());
    let app = TestApp::start_with(&section).await;
    let account = app.seed_instagram(&json!({"ig_id": "77", "handle": "asha"})).await;
    (collector, app, account)
}

fn posts(posts: Value) -> Value {
    json!({
        "status": {"type": "SUCCESS", "message": "ok"},
        "data": {"platform": "INSTAGRAM", "profile_id": "77", "recent_posts": posts},
    })
}

#[actix_web::test]
async fn posts_have_the_documented_members() {
    let (collector, app, account) = start().await;
    let full = json!({
        "shortcode": "C1", "post_id": "p1", "post_type": "reels", "post_url": "https://x/p1",
        "publish_time": "2024-07-01T00:00:00",
        "metrics": {"reach": 1, "views": 2, "engagement_rate": 0.5, "likes": 3, "play_count": 4},
        "dimensions": {"caption": "hi", "comments": 5, "thumbnail_url": "a/t.jpg",
            "display_url": "https://x/d.jpg"},
    });
    let bare = json!({"post_id": "p2", "publish_time": "yesterday",
        "dimensions": {"display_url": "https://x/d.jpg"}});
    collector.answers(POSTS, &posts(json!([full, bare])));
    let lone = app.without_partner().await;
    let answer = ask(&lone, "instagram", account).await.success();
    let expected = json!({
        "status": {"status": "SUCCESS", "filteredCount": 2,
            "message": "Profile Content successfully retrieved"},
        "content": [{"platformCode": account.to_string(), "platform": "INSTAGRAM", "posts": [
            {
                "platform": "INSTAGRAM", "handle": "asha", "postId": "p1",
                "postLink": "https://x/p1", "postType": "reels",
                "thumbnail": "https://cdn.example.com/a/t.jpg", "likesCount": 3,
                "commentsCount": 5, "viewsCount": 1, "engagementRate": 0.5,
                "publishedAt": 1_719_792_000, "caption": "hi", "playCount": 4,
            },
            {
                "platform": "INSTAGRAM", "handle": "asha", "postId": "p2", "postLink": "",
                "postType": "", "thumbnail": "https://x/d.jpg", "likesCount": 0,
                "commentsCount": 0, "viewsCount": 0, "engagementRate": 0.0, "publishedAt": 0,
                "caption": "", "playCount": 0,
            },
        ]}],
    });
    assert_eq!(answer, expected);
}

#[actix_web::test]
async fn whatever_else_the_collector_says_there_are_no_posts() {
    let (collector, app, account) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    let nothing = async || {
        let answer = ask(&client, "INSTAGRAM", account).await;
        answer.refused("500", "record not found");
        assert_eq!(answer.json().get("content"), None);
    };
    let mut failed = posts(json!([]));
    failed["status"]["type"] = json!("ERROR");
    for (code, body) in [
        (200, failed.to_string()),
        (500, posts(json!([])).to_string()),
        (200, "garbage".to_owned()),
        (200, json!({"status": {"type": "SUCCESS"}, "data": null}).to_string()),
        (200, json!({"status": null}).to_string()),
        (200, posts(json!({"a": 1})).to_string()),
    ] {
        collector.answers_text(POSTS, code, &body);
        nothing().await;
    }
    collector.answers(POSTS, &posts(json!(null)));
    let empty = ask(&client, "INSTAGRAM", account).await.success();
    assert_eq!(empty["content"][0]["posts"], json!([]));
    assert_eq!(empty["status"].get("filteredCount"), None);
    collector.stop().await;
    nothing().await;
    assert!(app.metric("coffee_panics_total").await == 0.0);
}

#[actix_web::test]
async fn accounts_that_the_collector_cannot_know_are_not_asked_for() {
    let (collector, app, _) = start().await;
    let client = app.partner(10, Plan::Saas).await;
    let channel = app.seed_youtube(&json!({})).await;
    let missing = app.seed_instagram(&json!({"ig_id": "MISSING-asha"})).await;
    let empty = app.seed_instagram(&json!({"ig_id": ""})).await;
    for (platform, account) in
        [("YOUTUBE", channel), ("INSTAGRAM", missing), ("INSTAGRAM", empty), ("INSTAGRAM", 9999)]
    {
        ask(&client, platform, account).await.refused("500", "record not found");
    }
    assert_eq!(collector.received().len(), 0);
}

#[actix_web::test]
async fn the_body_is_read_but_not_used() {
    let (collector, app, account) = start().await;
    collector.answers(POSTS, &posts(json!([])));
    let client = app.partner(10, Plan::Free).await;
    let path = format!("{BASE}/INSTAGRAM/{account}/content");
    client.list(&format!("{path}?size=1&cursor=7&sortBy=x"), &[]).await.success();
    client.list(&format!("{path}?size=x"), &[]).await.refused("ERROR", "invalid size");
    let broken = send(client.request(Method::POST, &path).body("{")).await;
    assert_eq!(broken.status().0, "ERROR");
    assert_eq!(broken.json().as_object().map(serde_json::Map::len), Some(1));
    assert_eq!(collector.received().len(), 1);
}

#[actix_web::test]
async fn without_a_collector_there_are_no_posts() {
    let app = TestApp::start().await;
    let account = app.seed_instagram(&json!({"ig_id": "77"})).await;
    let client = app.partner(10, Plan::Saas).await;
    ask(&client, "INSTAGRAM", account).await.refused("500", "record not found");
}
