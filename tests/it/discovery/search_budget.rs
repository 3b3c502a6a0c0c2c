//! How many statements a search may cost.

use coffee::core::types::Plan;
use serde_json::json;

use super::{search, search_by};
use crate::support::{Client, TestApp};

const STATEMENTS: &str = "coffee_postgres_statements_total";

/// After the commit the process tells the relay of its events, by a statement of its own.
const ANNOUNCED: f64 = 1.0;

/// Accounts of both platforms, each linked to one of the other.
async fn seed_linked(app: &TestApp, pairs: usize) {
    for index in 0..pairs {
        let (handle, channel) = (format!("creator{index}"), format!("UC{index}"));
        app.seed_instagram(&json!({"handle": handle, "linked_channel_id": channel})).await;
        let columns = json!({"channel_id": channel, "linked_instagram_handle": handle});
        app.seed_youtube(&columns).await;
    }
}

async fn cost(app: &TestApp, client: &Client, platform: &str, query: &str) -> (usize, usize, f64) {
    let before = app.metric(STATEMENTS).await;
    let answer = search_by(client, platform, query, &[("GTE", "followers", "1")]).await.success();
    let spent = app.metric(STATEMENTS).await - before;
    let profiles = answer["profiles"].as_array().expect("profiles");
    let linked = profiles.iter().filter(|profile| profile["linkedSocials"][1].is_object());
    (profiles.len(), linked.count(), spent)
}

#[actix_web::test]
async fn a_search_costs_at_most_three_statements_whatever_its_size() {
    let app = TestApp::start().await;
    seed_linked(&app, 99).await;
    let client = app.partner(10, Plan::Saas).await;
    // The caller's session and contract are known from here on.
    client.list(&search("INSTAGRAM"), &[]).await.success();
    for platform in ["INSTAGRAM", "YOUTUBE", "ALL"] {
        for rows in [1, 99] {
            let query = format!("?size={rows}");
            let (found, linked, spent) = cost(&app, &client, platform, &query).await;
            assert_eq!((found, linked), (rows, rows), "{platform}");
            assert!(
                (1.0..=3.0 + ANNOUNCED).contains(&spent),
                "{platform} of {rows}: {spent} statements"
            );
        }
        let (_, _, spent) = cost(&app, &client, platform, "?size=99&campaignProfileJoin=1").await;
        assert!(spent <= 3.0 + ANNOUNCED, "{platform} with campaign profiles: {spent} statements");
    }
}

#[actix_web::test]
async fn a_share_id_costs_one_statement_more() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    client.list(&search("INSTAGRAM"), &[]).await.success();
    app.seed_collection(20, "shared", &json!({})).await;
    let before = app.metric(STATEMENTS).await;
    let filters = [("EQ", "collectionShareId", "shared")];
    search_by(&client, "INSTAGRAM", "", &filters).await.success();
    let spent = app.metric(STATEMENTS).await - before;
    assert!(spent <= 4.0 + ANNOUNCED, "{spent} statements");
}
