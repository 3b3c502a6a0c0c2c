//! Pages that begin behind a row, over ClickHouse.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{COLUMNS, TRENDING, post, with};
use crate::support::{Client, TestApp};

async fn page(client: &Client, query: &str, cursor: &str) -> (Vec<String>, Value) {
    let path = format!("{TRENDING}?paging=keyset&size=2{query}&cursor={cursor}");
    let answer = client.list(&path, &[]).await.success();
    let entries = answer["trending"].as_array().expect("a list").iter();
    let ids = entries.filter_map(|entry| entry["postId"].as_str().map(str::to_owned));
    (ids.collect(), answer["status"].clone())
}

#[actix_web::test]
async fn every_order_is_walked_through_once_as_in_one_page() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    let long = "\u{0905}".repeat(300);
    let posts = [
        json!({"views": 5, "engagement_rate": 0.1, "title": "b", "published_at": "2024-05-01 00:00:01"}),
        json!({"views": null, "engagement_rate": null, "title": null, "plays_rank": 2}),
        json!({"views": 5, "engagement_rate": 0.1, "title": "a", "profile_type": "BUSINESS"}),
        json!({"views": 9, "engagement_rate": 0.3, "title": long, "plays_rank": 1}),
        json!({"views": null, "engagement_rate": 1e-9, "title": "a", "language": "hi"}),
        json!({"views": 5, "engagement_rate": 0.2, "title": long, "description": long}),
        json!({"views": 7, "engagement_rate": null, "title": "", "duration": 3}),
    ];
    let posts =
        posts.into_iter().enumerate().map(|(n, columns)| with(post(&format!("p{n}")), columns));
    let posts: Vec<Value> = posts.collect();
    app.seed_clickhouse("trending_content", &posts).await;
    let sortable = COLUMNS.iter().filter(|column| column.sortable).map(|column| column.name);
    for sort in sortable.chain(["id", "published_at"]) {
        for direction in ["asc", "desc"] {
            let query = format!("&sortBy={sort}&sortDir={direction}");
            let whole = client.list(&format!("{TRENDING}?{}", &query[1..]), &[]).await.success();
            let whole = whole["trending"].as_array().expect("a list").iter();
            let whole: Vec<&str> = whole.filter_map(|entry| entry["postId"].as_str()).collect();
            let (mut walked, mut cursor) = (Vec::new(), Some(String::new()));
            while let Some(text) = cursor {
                let (ids, status) = page(&client, &query, &text).await;
                assert_eq!(status["filteredCount"], 7, "{query}");
                assert_eq!(ids.len(), if status["hasNextPage"] == true { 2 } else { 1 }, "{query}");
                walked.extend(ids);
                cursor = status["nextCursor"].as_str().map(str::to_owned);
            }
            assert_eq!(walked, whole, "{query}");
        }
    }
}

#[actix_web::test]
async fn rows_that_appear_or_change_neither_repeat_nor_hide_others() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Free).await;
    let viewed = |id: &str, views: i64| with(post(id), json!({"views": views}));
    let posts =
        [viewed("a", 50), viewed("b", 40), viewed("c", 30), viewed("d", 20), viewed("e", 10)];
    app.seed_clickhouse("trending_content", &posts).await;
    let (first, status) = page(&client, "&sortBy=views", "").await;
    app.seed_clickhouse("trending_content", &[viewed("new", 60), viewed("a", 55)]).await;
    let cursor = status["nextCursor"].as_str().expect("another page");
    let (second, status) = page(&client, "&sortBy=views", cursor).await;
    let cursor = status["nextCursor"].as_str().expect("another page");
    let (third, status) = page(&client, "&sortBy=views", cursor).await;
    assert_eq!([first, second, third].concat(), ["a", "b", "c", "d", "e"]);
    assert_eq!((&status["filteredCount"], status.get("nextCursor")), (&json!(5), None));
    let other = format!("{TRENDING}?paging=keyset&sortBy=plays&cursor={cursor}");
    client.list(&other, &[]).await.refused("ERROR", "invalid cursor");
}
