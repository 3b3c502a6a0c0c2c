//! What is remembered for a while only.

use serde_json::json;

use super::run;
use crate::support::TestApp;

/// Rows of these ages, told apart by `name`, stay or go.
async fn left(app: &TestApp, table: &str, name: &str) -> String {
    let sql = format!("SELECT string_agg({name}::text, ',' ORDER BY {name}) FROM {table}");
    app.value(&sql).await.unwrap_or_default()
}

fn ago(hours: i64) -> String {
    (chrono::Utc::now() - chrono::Duration::hours(hours)).to_rfc3339()
}

#[actix_web::test]
async fn charged_searches_are_forgotten_after_a_day() {
    let app = TestApp::start().await;
    for (partner, hours) in [(1, 25), (2, 23), (3, 25)] {
        let key =
            json!({"partner_id": partner, "key": uuid::Uuid::new_v4(), "created_at": ago(hours)});
        app.seed("charged_search", &key).await;
    }
    assert_eq!(run(&app, "charged-searches").await, 2);
    assert_eq!(left(&app, "charged_search", "partner_id").await, "2");
}

#[actix_web::test]
async fn keys_and_records_of_messages_are_forgotten() {
    let app = TestApp::start().await;
    let month = 30 * 24;
    for (number, hours) in (1..).zip([month + 1, month - 1, 0]) {
        let created = ago(hours);
        let message =
            json!({"handler": "h", "message_id": number.to_string(), "created_at": created});
        app.seed("processed_message", &message).await;
        let batch =
            json!({"handler": "h", "batch_id": number, "result": {}, "created_at": created});
        app.seed("processed_batch", &batch).await;
    }
    for (partner, hours) in [(1, 25), (2, 23), (3, 25)] {
        let key = json!({"partner_id": partner, "account_id": 1, "key": "k",
            "request_hash": "\\x00", "created_at": ago(hours)});
        app.seed("idempotency_key", &key).await;
    }
    assert_eq!(run(&app, "housekeeping").await, 4);
    assert_eq!(left(&app, "processed_message", "message_id").await, "2,3");
    assert_eq!(left(&app, "processed_batch", "batch_id").await, "2,3");
    assert_eq!(left(&app, "idempotency_key", "partner_id").await, "2");
    // More than one batch.
    app.execute(
        "INSERT INTO processed_message SELECT 'many', n::text, now() - interval '31 days' \
         FROM generate_series(1, 12000) n",
    )
    .await;
    assert_eq!(run(&app, "housekeeping").await, 12_000);
    assert_eq!(left(&app, "processed_message", "message_id").await, "2,3");
}

#[actix_web::test]
async fn sessions_and_tokens_whose_time_is_over_go() {
    let app = TestApp::start().await;
    app.seed("identity_user", &json!({"id": 7, "email": "one@example.com"})).await;
    app.seed("identity_account", &json!({"id": 7, "user_id": 7})).await;
    for (sid, hours, ended) in [("over", 1, None), ("runs", -1, None), ("ended", -1, Some(ago(1)))]
    {
        let unit =
            json!({"sid": sid, "account_id": 7, "expires_at": ago(hours), "ended_at": ended});
        app.seed("identity_session", &unit).await;
    }
    for (hash, sid, hours) in
        [("\\x01", "over", -1), ("\\x02", "runs", 1), ("\\x03", "runs", -1), ("\\x04", "ended", -1)]
    {
        let token = json!({"token_hash": hash, "sid": sid, "expires_at": ago(hours),
            "used_at": ago(0)});
        app.seed("identity_refresh_token", &token).await;
    }
    assert_eq!(run(&app, "ended-sessions").await, 2);
    assert_eq!(left(&app, "identity_session", "sid").await, "ended,runs");
    assert_eq!(left(&app, "identity_refresh_token", "token_hash").await, "\\x03,\\x04");
    app.execute(
        "INSERT INTO identity_session (sid, account_id, expires_at) \
         SELECT 'many' || n, 7, now() - interval '1 day' FROM generate_series(1, 2500) n",
    )
    .await;
    assert_eq!(run(&app, "ended-sessions").await, 2_500);
}
