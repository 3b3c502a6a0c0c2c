//! Pages of a search that begin behind a row.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{found, search, search_by};
use crate::support::{Client, TestApp};

const FIRST: &str = "?size=2&paging=keyset";

fn next(answer: &Value) -> Option<String> {
    let status = &answer["status"];
    let next = status["nextCursor"].as_str().map(str::to_owned);
    assert_eq!(status["hasNextPage"] == true, next.is_some());
    next
}

async fn page(client: &Client, query: &str, cursor: &str) -> Value {
    let query = format!("{FIRST}{query}&cursor={cursor}");
    search_by(client, "INSTAGRAM", &query, &[]).await.success()
}

/// Ids of all pages; `between` runs after the first one.
async fn walk(client: &Client, query: &str, between: impl AsyncFnOnce()) -> Vec<i64> {
    let first = page(client, query, "").await;
    between().await;
    let (mut ids, mut cursor) = (found(&first), next(&first));
    while let Some(text) = cursor {
        let answer = page(client, query, &text).await;
        assert_eq!(answer["status"]["filteredCount"], first["status"]["filteredCount"]);
        assert!(!found(&answer).is_empty(), "a page that was promised");
        ids.extend(found(&answer));
        cursor = next(&answer);
    }
    ids
}

#[actix_web::test]
async fn every_order_is_walked_through_once_as_in_one_page() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let grades = [Some("Poor"), Some("Excellent"), None, Some("Good")];
    let followers = [json!(7), json!(null), json!(9), json!(7), json!(null), json!(8)];
    let rates =
        [json!(0.1), json!(null), json!(0.3), json!(0.1), json!(1e-7), json!(0.3), json!(null)];
    for row in 0..12 {
        let columns = json!({
            "followers": followers[row % 6], "engagement_rate": rates[row % 7],
            "engagement_rate_grade": grades[row % 4], "avg_likes": rates[(row + 3) % 7],
        });
        app.seed_instagram(&columns).await;
    }
    for sort in [
        "",
        "avg_likes",
        "engagement_rate",
        "engagement_rate_grade_order,engagement_rate,followers",
        "followers,reels_reach,engagement_rate",
    ] {
        for direction in ["asc", "desc"] {
            let query = format!("&sortBy={sort}&sortDir={direction}");
            let whole = search_by(&client, "INSTAGRAM", &format!("?size=99{query}"), &[]).await;
            let whole = found(&whole.success());
            assert_eq!(walk(&client, &query, async || {}).await, whole, "{query}");
        }
    }
}

#[actix_web::test]
async fn rows_that_appear_or_change_neither_repeat_nor_hide_others() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let mut ids = Vec::new();
    for followers in [90, 80, 80, 80, 60] {
        ids.push(app.seed_instagram(&json!({"followers": followers})).await);
    }
    ids.push(app.seed_instagram(&json!({"followers": null})).await);
    let meanwhile = async || {
        app.seed_instagram(&json!({"followers": 100})).await;
        // The last row of the first page loses followers: by numbers, its neighbour would be lost.
        let lost = format!("UPDATE instagram_account SET followers = 5 WHERE id = {}", ids[0]);
        app.execute(&lost).await;
    };
    let walked = walk(&client, "", meanwhile).await;
    let (seen, rest) = walked.split_at(2);
    assert_eq!(seen, &ids[..2]);
    // One that falls behind the place is shown again where it stands now; none is missing.
    assert_eq!(rest, [ids[2], ids[3], ids[4], ids[0], ids[5]]);
}

#[actix_web::test]
async fn ranks_in_collections_are_walked_through_once() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let collection = app.seed_collection(10, "own", &json!({})).await;
    let mut ids = Vec::new();
    for rank in [2, 1, 2, 3, 2] {
        let id = app.seed_instagram(&json!({})).await;
        app.seed_item((10, collection), ("INSTAGRAM", id), &json!({"rank": rank})).await;
        ids.push(id);
    }
    let filters = [("EQ", "collectionId", &*collection.to_string())];
    let (mut walked, mut cursor) = (Vec::new(), Some(String::new()));
    while let Some(text) = cursor {
        let query =
            format!("{FIRST}&sortBy=profile_collection_item.rank&sortDir=asc&cursor={text}");
        let answer = search_by(&client, "INSTAGRAM", &query, &filters).await.success();
        walked.extend(found(&answer));
        cursor = next(&answer);
    }
    assert_eq!(walked, [ids[1], ids[0], ids[2], ids[4], ids[3]]);
}

#[actix_web::test]
async fn cursors_of_other_lists_and_garbage_are_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for _ in 0..5 {
        app.seed_instagram(&json!({"followers": 7})).await;
        app.seed_youtube(&json!({})).await;
    }
    let own = next(&page(&client, "", "").await).expect("another page");
    let refused = async |platform: &str, query: &str, filters: &[(&str, &str, &str)]| {
        let answer = search_by(&client, platform, query, filters).await;
        answer.refused("ERROR", "invalid cursor");
        let status = &answer.json()["status"];
        assert_eq!(
            (&status["code"], &status["field"]),
            (&json!("invalid_value"), &json!("cursor"))
        );
    };
    let of = |query: &str, cursor: &str| format!("{FIRST}{query}&cursor={cursor}");
    refused("INSTAGRAM", &of("&sortDir=asc", &own), &[]).await;
    refused("INSTAGRAM", &of("&sortBy=avg_likes", &own), &[]).await;
    refused("INSTAGRAM", &of("", &own), &[("GTE", "followers", "1")]).await;
    refused("YOUTUBE", &of("", &own), &[]).await;
    refused("ALL", &of("", &own), &[]).await;
    refused("INSTAGRAM", &format!("?cursor={own}"), &[]).await;
    for garbage in ["x", "%00", "bnVsbA", "W10", &own[1..], &"A".repeat(10_000)] {
        refused("INSTAGRAM", &of("", garbage), &[]).await;
    }
    let other = search_by(&client, "INSTAGRAM", "?paging=pages", &[]).await;
    other.refused("ERROR", "invalid paging");
    // Another size is the same list.
    let query = format!("?size=99&paging=keyset&cursor={own}");
    let rest = search_by(&client, "INSTAGRAM", &query, &[]).await.success();
    assert_eq!((found(&rest).len(), next(&rest)), (3, None));
}

#[actix_web::test]
async fn lists_without_an_order_of_their_own_and_the_free_plan_stay_with_numbers() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let free = app.partner(20, Plan::Free).await;
    for _ in 0..5 {
        app.seed_instagram(&json!({})).await;
    }
    for (client, platform) in [(&client, "ALL"), (&free, "INSTAGRAM")] {
        let answer = search_by(client, platform, FIRST, &[]).await.success();
        assert_eq!(next(&answer).as_deref(), Some("2").filter(|_| platform != "ALL"), "{platform}");
    }
    let beyond = search_by(&free, "INSTAGRAM", &format!("{FIRST}&cursor=3"), &[]).await;
    beyond.refused("500", "invalid Request");
    let own = next(&page(&client, "", "").await).expect("another page");
    let query = format!("{FIRST}&cursor={own}");
    search_by(&free, "INSTAGRAM", &query, &[]).await.refused("ERROR", "invalid cursor");
    // A number is where a walk may begin.
    let second = page(&client, "", "2").await;
    let last = page(&client, "", &next(&second).expect("another page")).await;
    assert_eq!((found(&second).len(), found(&last).len(), next(&last)), (2, 1, None));
}

#[actix_web::test]
async fn a_page_behind_a_row_costs_no_more_than_a_numbered_one() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for followers in 0..9 {
        app.seed_instagram(&json!({"followers": followers})).await;
    }
    client.list(&search("INSTAGRAM"), &[]).await.success();
    let first = next(&page(&client, "", "").await).expect("another page");
    let cost = async |query: &str| {
        let before = app.metric("coffee_postgres_statements_total").await;
        search_by(&client, "INSTAGRAM", query, &[]).await.success();
        app.metric("coffee_postgres_statements_total").await - before
    };
    let numbered = cost("?size=2&cursor=2").await;
    let behind = cost(&format!("{FIRST}&cursor={first}")).await;
    assert!(behind <= numbered, "{behind} statements, {numbered} by number");
}
