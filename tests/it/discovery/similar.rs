//! Accounts that are similar to one.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{BASE, PLATFORMS};
use crate::support::{Client, TestApp};

async fn similar(client: &Client, account: (&str, i64), query: &str) -> Value {
    let path = format!("{BASE}/{}/{}/similar_accounts{query}", account.0, account.1);
    // Filters of the body are ignored, whatever they are.
    client.list(&path, &[("NEAR", "followers", "x"), ("EQ", "country", "US")]).await.success()
}

#[actix_web::test]
async fn similar_accounts_have_about_the_size_and_one_of_the_categories() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    for platform in PLATFORMS {
        let seed = async |followers: Value, categories: Value| {
            let columns =
                json!({"followers": followers, "categories": categories, "country": "US"});
            app.seed_on(platform, &columns).await
        };
        let account = seed(json!(50_000), json!(["Food", "Travel"])).await;
        let largest = seed(json!(80_000), json!(["Art", "Travel"])).await;
        let smallest = seed(json!(20_000), json!(["Food"])).await;
        seed(json!(80_001), json!(["Food"])).await;
        seed(json!(19_999), json!(["Food"])).await;
        seed(json!(50_000), json!(["Art"])).await;
        let without = seed(json!(50_000), json!(null)).await;
        app.seed_on(platform, &json!({"followers": 50_000, "deleted": true})).await;
        let found = similar(&client, (platform, account), "").await;
        assert_eq!(super::found(&found), [largest, smallest], "{platform}");
        assert_eq!(found["status"]["filteredCount"], 2);
        let ascending = similar(&client, (platform, account), "?sortDir=asc&sortBy=id").await;
        assert_eq!(super::found(&ascending), [smallest, largest]);
        // Without categories the size alone decides.
        let found = similar(&client, (platform, without), "").await;
        assert_eq!(super::found(&found).len(), 4, "{platform}");
        let unknown = seed(json!(null), json!(["Food"])).await;
        let nothing = similar(&client, (platform, unknown), "").await;
        let expected = json!({"status": {"status": "SUCCESS", "message": "record not found"},
            "profiles": []});
        assert_eq!(nothing, expected);
    }
}

#[actix_web::test]
async fn pages_of_similar_accounts_are_those_of_the_request_and_cost_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let mut accounts = Vec::new();
    for likes in 0..6 {
        accounts.push(app.seed_instagram(&json!({"avg_likes": likes})).await);
    }
    let page = async |query: &str| {
        let found = similar(&client, ("INSTAGRAM", accounts[5]), query).await;
        let status = found["status"].clone();
        let count = status["filteredCount"].as_i64().unwrap_or_default();
        (super::found(&found), count, status["nextCursor"].as_str().map(str::to_owned))
    };
    let next = |number: &str| Some(number.to_owned());
    let first = page("?size=2&sortBy=avg_likes&sortDir=asc").await;
    assert_eq!(first, (accounts[..2].to_vec(), -1, next("2")));
    let second = page("?size=2&sortBy=avg_likes&sortDir=asc&cursor=2").await;
    assert_eq!(second, (accounts[2..4].to_vec(), -1, next("3")));
    let third = page("?size=2&sortBy=avg_likes&sortDir=asc&cursor=3").await;
    assert_eq!(third, (accounts[4..5].to_vec(), 5, None));
    let bad = format!("{BASE}/INSTAGRAM/{}/similar_accounts?size=x", accounts[0]);
    client.list(&bad, &[]).await.refused("ERROR", "invalid size");
    assert_eq!(app.consumed(10, "DISCOVERY").await, 0);
    assert_eq!(app.count("activity_tracker").await, 0);
}
