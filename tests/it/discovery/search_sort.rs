//! Every documented order of the search.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{PLATFORMS, id_list, search_by};
use crate::support::TestApp;

const INSTAGRAM: &[&str] = &[
    "followers",
    "plays",
    "avg_likes",
    "engagement_rate",
    "avg_views",
    "followers,reels_reach,engagement_rate",
    "engagement_rate,engagement_rate_grade_order,followers",
    "engagement_rate_grade_order,engagement_rate,followers",
    "image_reach,followers,engagement_rate",
    "reels_reach,followers,engagement_rate",
    "story_reach,followers,engagement_rate",
    "avg_likes,avg_likes_grade_order,followers",
    "avg_likes_grade_order,avg_likes,followers",
    "avg_comments,avg_likes,followers",
];

const YOUTUBE: &[&str] = &[
    "followers",
    "views_count",
    "avg_views",
    "followers,views_30d,avg_views",
    "views_30d,views_30d_grade_order,followers",
    "views_30d_grade_order,views_30d,followers",
    "avg_views,followers,views_30d",
    "avg_posts_per_week,followers,views_30d",
];

const GRADES: [&str; 5] = ["Poor", "Average", "Good", "Very Good", "Excellent"];

fn set(row: &mut Value, key: &str, level: Option<usize>) {
    match key.strip_suffix("_grade_order") {
        Some(grade) => row[format!("{grade}_grade")] = json!(level.map(|level| GRADES[level])),
        None => row[if key == "plays" { "plays_30d" } else { key }] = json!(level),
    }
}

/// Rows in descending order: row i is the first to be larger in key i, the last but two and the
/// last but one are equal, the last one has no first key.
fn rows(keys: &[&str]) -> Vec<Value> {
    let levels = |first: usize| (0..keys.len()).map(move |key| usize::from(key < first) * 2 + 1);
    let row = |index: usize| {
        let mut row = json!({});
        for (key, level) in keys.iter().zip(levels(index)) {
            set(&mut row, key, Some(level));
        }
        if index < keys.len() {
            set(&mut row, keys[index], Some(4));
        }
        row
    };
    let mut rows: Vec<Value> = (0..keys.len()).map(row).collect();
    // Everything before the last key as in the last row, the last key small: twice.
    let mut smallest = row(keys.len() - 1);
    set(&mut smallest, keys[keys.len() - 1], Some(0));
    let mut without = smallest.clone();
    set(&mut without, keys[0], None);
    rows.extend([smallest.clone(), smallest, without]);
    rows
}

async fn order_holds(app: &TestApp, platform: &str, sort_by: &str) {
    let client = app.partner(10, Plan::Saas).await;
    let keys: Vec<&str> = sort_by.split(',').collect();
    let rows = rows(&keys);
    let mut ids = Vec::new();
    for row in &rows {
        ids.push(app.seed_on(platform, row).await);
    }
    let only = id_list(&ids);
    let order = async |direction: &str| {
        let query = format!("?sortBy={sort_by}{direction}");
        let answer = search_by(&client, platform, &query, &[("IN", "id", &only)]).await;
        super::found(&answer.success())
    };
    // Without a direction: descending.
    assert_eq!(order("").await, ids, "{platform} {sort_by}");
    assert_eq!(order("&sortDir=Desc").await, ids, "{platform} {sort_by} desc");
    if keys.len() == 1 {
        let ascending = [ids[1], ids[2], ids[0], ids[3]];
        assert_eq!(order("&sortDir=asc").await, ascending, "{platform} {sort_by} asc");
    } else {
        // Larger in an earlier key comes later; equal rows stay in the order of their ids.
        let (first, last) = (order("&sortDir=asc").await, ids[ids.len() - 1]);
        let (equal, other) = (ids.len() - 3, ids.len() - 2);
        let position = |id| first.iter().position(|found| *found == id);
        assert!(position(ids[equal]) < position(ids[other]), "{platform} {sort_by}: equal rows");
        assert_eq!(first.last(), Some(&last), "{platform} {sort_by}: no value");
        let mut reversed: Vec<i64> = ids[..equal].iter().rev().copied().collect();
        reversed.splice(0..0, [ids[equal], ids[other]]);
        assert_eq!(first[..ids.len() - 1], reversed, "{platform} {sort_by} asc");
    }
}

#[actix_web::test]
async fn every_order_applies_its_direction_to_every_key_and_ends_with_the_id() {
    let app = TestApp::start().await;
    for sort_by in INSTAGRAM {
        order_holds(&app, "INSTAGRAM", sort_by).await;
    }
    for sort_by in YOUTUBE {
        order_holds(&app, "YOUTUBE", sort_by).await;
    }
}

#[actix_web::test]
async fn unknown_orders_fall_back_to_followers() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for platform in PLATFORMS {
        let small = app.seed_on(platform, &json!({"followers": 10, "avg_views": 5})).await;
        let large = app.seed_on(platform, &json!({"followers": 20, "avg_views": 1})).await;
        for sort_by in [
            "",
            "id",
            "followers_lifetime",
            "name",
            "profile_collection_item.rank",
            "avg_views;DROP%20TABLE%20youtube_account",
            "avg_views,followers",
            "(SELECT%201)",
        ] {
            let query = format!("?sortBy={sort_by}");
            let answer = search_by(&client, platform, &query, &[]).await.success();
            assert_eq!(super::found(&answer), [large, small], "{platform} {sort_by}");
        }
        let other = if platform == "INSTAGRAM" { "views_count" } else { "avg_likes" };
        let query = format!("?sortBy={other}");
        let answer = search_by(&client, platform, &query, &[]).await.success();
        assert_eq!(super::found(&answer), [large, small]);
    }
}

#[actix_web::test]
async fn another_direction_than_up_or_down_is_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for direction in ["up", "DESC%20NULLS%20FIRST", "asc;--", "ascending"] {
        let query = format!("?sortDir={direction}");
        let answer = search_by(&client, "INSTAGRAM", &query, &[]).await;
        answer.refused("500", "invalid Request");
        let similar = format!("{}/INSTAGRAM/1/similar_accounts{query}", super::BASE);
        client.list(&similar, &[]).await.refused("500", "invalid Request");
    }
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
}
