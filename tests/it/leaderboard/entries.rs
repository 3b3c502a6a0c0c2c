//! What an entry shows.

use serde_json::{Value, json};

use super::{MAY, board, ranked, saas};
use crate::support::{Client, TestApp};

async fn entry(client: &Client, platform: &str) -> Value {
    let mut entry = board(client, platform, &[MAY]).await["profiles"][0].clone();
    let id = entry["id"].take().as_i64();
    assert!(id.is_some_and(|id| (1..1 << 53).contains(&id)), "{id:?}");
    entry
}

#[actix_web::test]
async fn an_instagram_entry_has_the_documented_members() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let account = app
        .seed_instagram(&json!({
            "ig_id": "1789", "handle": "asha", "name": "Asha", "thumbnail": "asset/a.jpg",
            "followers": 75_000, "categories": ["Food", "Travel"], "engagement_rate": 0.25,
            "followers_growth7d": 1.5, "is_verified": true, "search_phrase": "asha",
        }))
        .await;
    let columns = json!({
        "category": "Food", "language": "hi", "country": "IN", "followers": 120,
        "prev_followers": 100, "followers_change": 20, "views": 50, "prev_views": 200,
        "yt_views": 5, "ia_views": 6, "plays": 30, "prev_plays": 60, "likes": 7, "comments": 8,
        "engagement": 15, "uploads": 0, "engagement_rate": 0.25, "avg_likes": 1.5,
        "avg_comments": 0, "avg_views": 2.5, "avg_plays": 3.5,
        "last_month_ranks": {"followers_change_rank": 3},
    });
    app.seed_clickhouse("leaderboard", &[ranked(account, columns)]).await;
    let mut entry = entry(&client, "INSTAGRAM").await;
    let linked = entry["accountInfo"]["linkedSocials"].take();
    assert_eq!(linked.as_array().map(Vec::len), Some(1));
    assert_eq!((&linked[0]["code"], &linked[0]["source"]), (&json!(account), &json!("SAAS")));
    let expected = json!({
        "id": null, "rank": 1, "rankchange": 2, "platform": "INSTAGRAM",
        "platformCode": account.to_string(), "month": "2024-05-01", "category": "Food",
        "language": "hi", "country": "IN", "isVerified": true,
        "accountInfo": {
            "name": "Asha", "handle": "asha", "username": "asha", "thumbnail": "asset/a.jpg",
            "code": format!("IA_{account}"), "platformCode": account.to_string(),
            "followers": 75_000, "views": null, "categories": ["Food", "Travel"],
            "engagementRatePercentage": 25.0, "followersGrowth7d": 1.5, "linkedSocials": null,
            "searchPhrase": "asha",
        },
        "leaderboardMetrics": {"metrics": {
            "followers": 120, "prevFollowers": 100, "followersChange": 20,
            "followerGrowthPercentage": 20.0, "views": 50, "prevViews": 200, "viewsChange": 50,
            "viewsGrowthPercentage": 25.0, "plays": 30, "prevPlays": 60, "playsChange": 30,
            "playsGrowthPercentage": 50.0, "likes": 7, "comments": 8, "engagement": 15,
            "engagementRate": 0.25, "engagementRatePercentage": 25.0, "avgLikes": 1.5,
            "avgViews": 2.5, "avgPlays": 3.5, "uploads": 0,
        }},
    });
    assert_eq!(entry, expected);
}

#[actix_web::test]
async fn an_entry_of_both_platforms_splits_its_views_and_names_the_pair() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    app.seed_instagram(&json!({"id": 3, "handle": "asha", "followers": 10})).await;
    // An account of the other platform with the same row id must not be taken for the entry's.
    app.seed_instagram(&json!({"id": 4, "handle": "wrong", "name": "Wrong"})).await;
    let channel = json!({
        "id": 4, "channel_id": "UCasha", "title": "Asha TV", "username": "ashatv",
        "followers": 20, "views_count": 900, "linked_instagram_handle": "asha",
    });
    app.seed_youtube(&channel).await;
    let columns = json!({
        "platform": "ALL", "profile_platform": "YA", "views": 11, "yt_views": 5, "ia_views": 6,
        "plays": 30, "prev_plays": 60,
    });
    app.seed_clickhouse("leaderboard", &[ranked(4, columns)]).await;
    let entry = entry(&client, "ALL").await;
    let info = &entry["accountInfo"];
    assert_eq!((&info["name"], &info["handle"]), (&json!("Asha TV"), &json!("UCasha")));
    assert_eq!((&info["username"], &info["views"]), (&json!("ashatv"), &json!(900)));
    assert_eq!((&info["code"], &info["platformCode"]), (&json!("YA_4"), &json!("4")));
    let linked = info["linkedSocials"].as_array().expect("a list");
    let of = |social: &Value| (social["platform"].clone(), social["code"].clone());
    let linked: Vec<_> = linked.iter().map(of).collect();
    assert_eq!(linked, [(json!("YOUTUBE"), json!(4)), (json!("INSTAGRAM"), json!(3))]);
    assert_eq!(entry.get("isVerified"), None);
    let expected = json!({
        "views": 11, "youtubeViews": 5, "instagramViews": 6, "plays": 30,
        "playsGrowthPercentage": 50.0, "uploads": null,
    });
    assert_eq!(entry["leaderboardMetrics"]["metrics"], expected);
}

#[actix_web::test]
async fn an_entry_without_account_stays_and_is_empty() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    let deleted = app.seed_instagram(&json!({"deleted": true})).await;
    let disabled = app.seed_youtube(&json!({"enabled": false})).await;
    let youtube = json!({"platform": "YOUTUBE", "profile_platform": "YA"});
    let nobodys = json!({"platform": "ALL", "profile_platform": ""});
    let seeded = [ranked(deleted, json!({})), ranked(disabled, youtube), ranked(1, nobodys)];
    app.seed_clickhouse("leaderboard", &seeded).await;
    for platform in ["INSTAGRAM", "YOUTUBE", "ALL"] {
        let mut entry = entry(&client, platform).await;
        entry["platformCode"].take();
        let expected = json!({
            "id": null, "rank": 1, "platform": platform, "platformCode": null,
            "month": "2024-05-01", "category": "", "language": "", "country": "",
            "accountInfo": {"views": null, "searchPhrase": null},
            "leaderboardMetrics": {"metrics": {"uploads": null}},
        });
        assert_eq!(entry, expected);
    }
}

#[actix_web::test]
async fn a_failed_account_lookup_is_an_error() {
    let app = TestApp::start_with_clickhouse().await;
    let client = saas(&app).await;
    app.seed_clickhouse("leaderboard", &[ranked(1, json!({}))]).await;
    let broken = "ALTER TABLE instagram_account RENAME TO lost";
    sea_orm::sqlx::query(broken).execute(&app.owner).await.expect("renamed");
    let answer = client.list(&format!("{}/INSTAGRAM", super::LEADERBOARD), &[MAY]).await;
    let status = json!({"status": "500", "message": "Something Went Wrong"});
    assert_eq!(answer.contract(), json!({"status": status, "profiles": []}));
}
