//! Who may ask for what.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::{Value, json};

use super::{LEADERBOARD, MAY, board, ranked};
use crate::support::{TestApp, send};

/// Worked example 14.
#[actix_web::test]
async fn free_callers_have_the_first_ten_and_all_filters() {
    let app = TestApp::start_with_clickhouse().await;
    let seeded: Vec<Value> = (1..=12).map(|number| ranked(number, json!({}))).collect();
    app.seed_clickhouse("leaderboard", &seeded).await;
    let free = app.partner(10, Plan::Free).await;
    let refused = json!({
        "status": {"status": "500", "message": "invalid Request"}, "profiles": [],
    });
    for query in ["", "?size=11", "?size=100", "?size=0", "?cursor=2&size=10", "?cursor=999&size=1"]
    {
        let answer = free.list(&format!("{LEADERBOARD}/INSTAGRAM{query}"), &[MAY]).await;
        assert_eq!((answer.code.as_u16(), answer.contract()), (200, refused.clone()), "{query}");
    }
    let page = board(&free, "INSTAGRAM?size=10", &[MAY]).await;
    assert_eq!(page["profiles"].as_array().map(Vec::len), Some(10));
    assert_eq!(page["status"]["nextCursor"], "2");
    // Cursors out of range mean page 1.
    for query in ["?size=1&cursor=1000", "?size=10&cursor=0"] {
        board(&free, &format!("INSTAGRAM{query}"), &[MAY]).await;
    }
    let narrowed = [
        MAY,
        ("EQ", "category", "Food"),
        ("EQ", "language", "hi"),
        ("EQ", "audience_gender", "MALE"),
        ("EQ", "audience_age", "18-24"),
    ];
    assert_eq!(board(&free, "ALL?size=10", &narrowed).await["profiles"], json!([]));
}

#[actix_web::test]
async fn other_plans_and_the_platforms_own_partner_have_every_page() {
    let app = TestApp::start_with_clickhouse().await;
    let seeded: Vec<Value> = (1..=12).map(|number| ranked(number, json!({}))).collect();
    app.seed_clickhouse("leaderboard", &seeded).await;
    for (partner, plan) in [(10, Plan::Saas), (20, Plan::Paid), (-1, Plan::Free)] {
        let client = app.partner(partner, plan).await;
        let page = board(&client, "INSTAGRAM?source=GCC", &[MAY]).await;
        assert_eq!(page["profiles"].as_array().map(Vec::len), Some(12), "{partner}");
        let page = board(&client, "INSTAGRAM?cursor=2&size=10", &[MAY]).await;
        assert_eq!(page["profiles"].as_array().map(Vec::len), Some(2), "{partner}");
    }
    assert_eq!(app.anonymous().list(&format!("{LEADERBOARD}/ALL"), &[]).await.code, 401);
    assert_eq!(app.value("SELECT count(*) FROM event_outbox").await.as_deref(), Some("0"));
}

#[actix_web::test]
async fn free_callers_do_not_see_reach() {
    let app = TestApp::start_with_clickhouse().await;
    let account = app
        .seed_instagram(&json!({
            "handle": "asha", "linked_channel_id": "UCasha", "story_reach": 1, "image_reach": 2,
            "reels_reach": 3, "avg_reach": 4,
        }))
        .await;
    let channel = json!({"channel_id": "UCasha", "linked_instagram_handle": "asha"});
    let channel = app.seed_youtube(&channel).await;
    let both = json!({"platform": "ALL", "profile_platform": "YA"});
    let seeded = [ranked(account, json!({})), ranked(channel, both)];
    app.seed_clickhouse("leaderboard", &seeded).await;
    for (partner, plan, reach) in [
        (10, Plan::Free, Value::Null),
        (20, Plan::Saas, json!(1)),
        (30, Plan::Paid, json!(1)),
        (-1, Plan::Free, json!(1)),
    ] {
        let client = app.partner(partner, plan).await;
        for (path, own) in [("INSTAGRAM", 0), ("ALL", 1)] {
            let page = board(&client, &format!("{path}?size=10"), &[MAY]).await;
            let linked = page["profiles"][0]["accountInfo"]["linkedSocials"].clone();
            assert_eq!(linked.as_array().map(Vec::len), Some(2), "{path}");
            assert_eq!(linked[own]["platform"], "INSTAGRAM");
            assert_eq!(linked[own]["storyReach"], reach, "{partner} {path}");
            assert_eq!(linked[own]["imageReach"].is_null(), reach.is_null());
            assert_eq!(linked[own]["reelsReach"].is_null(), reach.is_null());
            assert_eq!(linked[own]["avgReach"], 4.0);
        }
    }
}

#[actix_web::test]
async fn unreadable_bodies_are_refused_without_payload() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let path = format!("{LEADERBOARD}/ALL");
    for body in ["{", "[1]", r#"{"filters":[{"filterType":1}]}"#] {
        let answer = send(client.request(Method::POST, &path).body(body)).await;
        assert_eq!((answer.code.as_u16(), answer.status().0.as_str()), (200, "ERROR"), "{body}");
        assert_eq!(answer.json().get("profiles"), None);
    }
    let empty = send(client.request(Method::POST, &path)).await.success();
    let status = json!({"status": "SUCCESS", "message": "Leaderbaord Retrieved"});
    assert_eq!(empty, json!({"status": status, "profiles": []}));
}
