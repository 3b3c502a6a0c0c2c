//! No transaction stays open over foreign work.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::json;

use crate::support::{Mode, ServiceFake, TestApp, send};

#[actix_web::test]
async fn growth_under_a_key_opens_no_transaction_while_clickhouse_is_asked() {
    let clickhouse = ServiceFake::start(json!({})).await;
    clickhouse.set_mode(Mode::Hang);
    let app = TestApp::start_with(&format!("[clickhouse]\nurl = \"{}\"\n", clickhouse.url)).await;
    let account = app.seed_instagram(&json!({})).await;
    let client = app.partner(10, Plan::Saas).await;
    let before = clickhouse.calls();
    let path = format!("/discovery-service/api/profile/INSTAGRAM/{account}/timeseries");
    let request = client.request(Method::POST, &path).header("idempotency-key", "k");
    let asking = send(request.json(&json!({"filters": []})));
    let looking = async {
        app.eventually("ClickHouse is asked", || async { clickhouse.calls() > before }).await;
        app.application_value(
            "SELECT count(*) FROM pg_stat_activity \
             WHERE datname = current_database() AND state LIKE 'idle in transaction%'",
        )
        .await
    };
    let (answer, open) = futures_util::join!(asking, looking);
    assert_eq!(open.as_deref(), Some("0"));
    assert_eq!(answer.code, 504, "{}", answer.text);
    assert_eq!(app.value("SELECT count(*) FROM idempotency_key").await.as_deref(), Some("0"));
}
