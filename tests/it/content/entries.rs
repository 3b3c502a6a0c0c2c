//! What an entry shows, and the account behind it.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{TRENDING, post, with};
use crate::support::{Client, TestApp};

async fn entry(client: &Client, post_id: &str) -> Value {
    let filters = [("EQ", "post_id", post_id)];
    client.list(TRENDING, &filters).await.success()["trending"][0].clone()
}

#[actix_web::test]
async fn an_entry_has_the_documented_members() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    let columns = json!({
        "handle": "asha", "name": "Asha", "thumbnail": "asset/a.jpg", "followers": 75_000,
        "email": "asha@example.com", "story_reach": 9, "engagement_rate": 0.5,
    });
    let account = app.seed_instagram(&columns).await;
    let full = json!({
        "platform_account_id": account, "category": "Food", "language": "en", "post_type": "reel",
        "post_link": "https://example.com/p/1", "thumbnail": "asset/p.jpg", "title": "Dosa",
        "description": "Crisp", "duration": 15, "views": 10, "plays": 20, "likes": 3,
        "comments": 1, "engagement": 4, "engagement_rate": 0.035, "views_rank": 1,
        "plays_rank": 1, "audience_gender": {"male_per": 40.0}, "audience_age": {"18-24": 12.0},
    });
    app.seed_clickhouse("trending_content", &[with(post("full"), full), post("bare")]).await;
    let mut found = entry(&client, "full").await;
    let id = found["id"].take();
    assert!(id.as_i64().is_some_and(|id| id > 0), "{id}");
    let expected = json!({
        "id": null, "category": "Food", "platform": "INSTAGRAM", "language": "en", "views": 10,
        "plays": 20, "likes": 3, "comments": 1, "duration": 15, "publishedAt": 1_714_730_400,
        "postId": "full", "postType": "reel", "postLink": "https://example.com/p/1",
        "thumbnail": "asset/p.jpg", "platformAccountId": account, "month": "2024-05-01",
        "title": "Dosa", "description": "Crisp", "engagement": 4,
        "engagementRate": 3.500_000_000_000_000_4,
        "accountInfo": {
            "code": account, "profileCode": null, "gccProfileCode": null, "name": "Asha",
            "platform": "INSTAGRAM", "handle": "asha", "thumbnail": "asset/a.jpg",
            "followers": 75_000,
        },
    });
    assert_eq!(found, expected);
    let mut bare = entry(&client, "bare").await;
    bare["id"].take();
    let expected = json!({
        "id": null, "platform": "INSTAGRAM", "publishedAt": 1_714_730_400, "postId": "bare",
        "platformAccountId": null, "month": "2024-05-01",
        "accountInfo": {
            "code": 0, "profileCode": null, "gccProfileCode": null, "name": null, "handle": null,
            "thumbnail": null,
        },
    });
    assert_eq!(bare, expected);
}

#[actix_web::test]
async fn accounts_are_of_the_platform_of_their_post() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    // Both tables have a row of this id.
    let instagram = app.seed_instagram(&json!({"id": 77, "name": "On Instagram"})).await;
    let youtube = app.seed_youtube(&json!({"id": 77, "title": "On YouTube"})).await;
    assert_eq!((instagram, youtube), (77, 77));
    app.seed_instagram(&json!({"id": 78, "deleted": true})).await;
    app.seed_instagram(&json!({"id": 79, "enabled": false})).await;
    let of = |id: &str, platform: &str, account: i64| {
        let audience = json!({"male_per": 50.0});
        with(
            post(id),
            json!({
                "platform": platform, "platform_account_id": account, "audience_gender": audience,
            }),
        )
    };
    let mut posts = vec![
        of("ia", "INSTAGRAM", 77),
        of("ya", "YOUTUBE", 77),
        of("gone", "YOUTUBE", 404),
        of("deleted", "INSTAGRAM", 78),
        of("disabled", "INSTAGRAM", 79),
        of("elsewhere", "OTHER", 77),
    ];
    posts.extend((0..20).map(|number| of(&format!("p{number}"), "INSTAGRAM", 77)));
    app.seed_clickhouse("trending_content", &posts).await;
    for (id, name) in [
        ("ia", json!("On Instagram")),
        ("ya", json!("On YouTube")),
        ("gone", Value::Null),
        ("deleted", Value::Null),
        ("disabled", Value::Null),
        ("elsewhere", Value::Null),
    ] {
        let entry = entry(&client, id).await;
        assert_eq!(entry["accountInfo"]["name"], name, "{id}");
        if ["gone", "deleted", "disabled"].contains(&id) {
            let info = &entry["accountInfo"];
            assert_eq!(info["code"], entry["platformAccountId"], "{id}");
            assert_eq!((&info["platform"], &info["handle"]), (&entry["platform"], &Value::Null));
        }
        assert_eq!((entry.get("audienceGender"), entry.get("audienceAge")), (None, None), "{id}");
    }
    let answer = client.list(TRENDING, &[]).await.success();
    assert_eq!(answer["trending"].as_array().map(Vec::len), Some(26));
}

#[actix_web::test]
async fn a_failed_account_lookup_is_an_error() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let row = with(post("p"), json!({"platform_account_id": 7}));
    app.seed_clickhouse("trending_content", &[row]).await;
    client.list(TRENDING, &[]).await.success();
    let broken = "ALTER TABLE instagram_account RENAME TO lost";
    sea_orm::sqlx::query(broken).execute(&app.owner).await.expect("renamed");
    let answer = client.list(TRENDING, &[]).await;
    let status = json!({"status": "500", "message": "Something Went Wrong"});
    assert_eq!(
        (answer.code.as_u16(), answer.contract()),
        (200, json!({"status": status, "trending": []}))
    );
}

#[actix_web::test]
async fn the_list_is_for_signed_in_callers_of_any_plan() {
    let app = TestApp::start_with_clickhouse().await;
    assert_eq!(app.anonymous().list(TRENDING, &[]).await.code, 401);
    app.seed_clickhouse("trending_content", &[post("p")]).await;
    for (partner, plan) in [(10, Plan::Free), (20, Plan::Saas), (30, Plan::Paid), (-1, Plan::Free)]
    {
        let client = app.partner(partner, plan).await;
        let path = format!("{TRENDING}?source=GCC&cursor=1&size=99");
        let answer = client.list(&path, &[("EQ", "category", "")]).await.success();
        assert_eq!(answer["status"]["filteredCount"], 1);
    }
}
