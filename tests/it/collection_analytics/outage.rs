//! What is answered without ClickHouse.

use coffee::core::types::Plan;
use serde_json::json;

use super::{ask, seed_measured, seed_posts};
use crate::support::{Forwarder, TestApp, url};

#[actix_web::test]
async fn without_clickhouse_a_summary_is_partial_and_a_series_is_refused() {
    let forwarder = Forwarder::start(&url("COFFEE__CLICKHOUSE__URL"));
    let app = TestApp::start_with_clickhouse_at(&forwarder.url()).await;
    let client = app.partner(10, Plan::Saas).await;
    seed_posts(&app, 10, "u1", json!({})).await;
    seed_measured(&app, "u1", "a", json!({"reach": 7})).await;
    forwarder.cut();
    let summary = ask(&client, "summary", ("collectionId", "u1")).await.success();
    assert_eq!(summary["data"]["reach"], 7);
    assert_eq!(summary["data"].get("weeklyMetrics"), None);
    for route in ["timeseries", "timeseries/clicks"] {
        let answer = ask(&client, route, ("collectionId", "u1")).await;
        answer.refused("ERROR", "analytics store unavailable");
    }
}
