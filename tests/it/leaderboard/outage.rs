//! ClickHouse goes away and comes back.

use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{MAY, board, ranked, saas};
use crate::support::{Forwarder, TestApp, url};

/// Every route that needs ClickHouse, its payload, and the empty payload.
fn routes() -> [(&'static str, &'static str, Value); 5] {
    [
        ("/leaderboard-service/api/leaderboard/INSTAGRAM", "profiles", json!([])),
        ("/leaderboard-service/api/leaderboard/ALL", "profiles", json!([])),
        ("/genre-insights-service/api/genre/search", "genre", json!([])),
        ("/genre-insights-service/api/genre/ALL/language_split", "genre", json!({})),
        ("/content-service/api/content/trending_content", "trending", json!([])),
    ]
}

async fn check_down(app: &TestApp) {
    let client = app.partner(10, Plan::Saas).await;
    let account = app.seed_instagram(&json!({"name": "Asha"})).await;
    for (path, payload, empty) in routes() {
        let answer = client.list(path, &[]).await;
        let status = json!({"status": "500", "message": "Something Went Wrong"});
        let expected = json!({"status": status, payload: empty});
        assert_eq!((answer.code.as_u16(), answer.contract()), (200, expected), "{path}");
        // What needs no store is still refused first.
        let answer = client.list(path, &[("EQ", "nonsense", "1")]).await;
        assert_eq!(answer.status(), ("500".into(), "invalid Request".into()), "{path}");
    }
    let profile = client.get(&format!("/discovery-service/api/profile/INSTAGRAM/{account}")).await;
    assert_eq!(profile.success()["profiles"][0]["name"], "Asha");
    let group = json!({"source": "SAAS", "sourceId": format!("g{account}"), "name": "Launch"});
    client.post("/collection-group-service/api/group", &group).await.success();
}

#[actix_web::test]
async fn without_clickhouse_only_the_routes_that_need_it_fail() {
    let app = TestApp::start().await;
    check_down(&app).await;
    // Nothing listens on the discard port.
    let app = TestApp::start_with("[clickhouse]\nurl = \"http://127.0.0.1:9\"").await;
    check_down(&app).await;
}

#[actix_web::test]
async fn a_clickhouse_that_comes_back_is_used_again_without_a_restart() {
    let forwarder = Forwarder::start(&url("COFFEE__CLICKHOUSE__URL"));
    let app = TestApp::start_with_clickhouse_at(&forwarder.url()).await;
    let client = saas(&app).await;
    app.seed_clickhouse("leaderboard", &[ranked(1, json!({}))]).await;
    for _ in 0..2 {
        let up = board(&client, "INSTAGRAM", &[MAY]).await;
        assert_eq!(up["status"]["filteredCount"], 1);
        forwarder.cut();
        check_down(&app).await;
        forwarder.restore();
    }
    board(&client, "INSTAGRAM", &[MAY]).await;
    for (path, ..) in routes() {
        client.list(path, &[]).await.success();
    }
}
