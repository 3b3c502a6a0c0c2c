//! Signing out ends a session at once, for every cache.

use coffee::core::types::Plan;
use serde_json::json;

use super::{LOGOUT, is_let_in, refresh, refused, sid, signed_in, start, success, text};

/// Sessions that the cache of the process knew.
pub(super) const L1_HITS: &str =
    r#"gateway_cache_requests_total{cache="session",layer="l1",result="hit""#;

#[actix_web::test]
async fn nothing_of_the_session_is_good_any_more() {
    let app = start("").await;
    app.until_listening(true).await;
    let (body, other) = (signed_in(&app).await, signed_in(&app).await);
    for hits in [0.0, 2.0] {
        assert!(is_let_in(&app, &body).await && is_let_in(&app, &other).await);
        assert_eq!(app.metric(L1_HITS).await, hits);
    }
    let client = app.with_token(text(&body["token"]));
    let answer = success(&client.post(LOGOUT, &json!({})).await);
    assert!(!is_let_in(&app, &body).await, "the process has forgotten what it knew");
    assert_eq!(answer, json!({"status": {"type": "SUCCESS", "message": "signed out"}}));
    let exists: i64 = app.redis("EXISTS", &format!("session:{}", sid(&body)), &[]).await;
    assert_eq!(exists, 0);
    refused(&refresh(&app, &body["refreshToken"]).await, "invalid token");
    let tokens =
        format!("SELECT count(*) FROM identity_refresh_token WHERE sid = '{}'", sid(&body));
    assert_eq!(app.value(&tokens).await.as_deref(), Some("0"));
    let verify = json!({"token": body["token"]});
    refused(&app.anonymous().post(super::VERIFY, &verify).await, "invalid token");
    assert!(is_let_in(&app, &other).await, "another session of the same person lives on");
}

#[actix_web::test]
async fn without_the_cache_of_the_process_the_next_request_is_refused() {
    let app = start("[cache]\nsession_ttl_secs = 0\n").await;
    let body = signed_in(&app).await;
    assert!(is_let_in(&app, &body).await);
    let client = app.with_token(text(&body["token"]));
    success(&client.post(LOGOUT, &json!({})).await);
    assert!(!is_let_in(&app, &body).await);
    assert_eq!(client.post(LOGOUT, &json!({})).await.code, 401);
}

#[actix_web::test]
async fn the_end_is_announced() {
    let app = start("").await;
    let body = signed_in(&app).await;
    let url = format!("redis://{}", app.config.redis.addresses[0]);
    let client = deadpool_redis::redis::Client::open(url).expect("a URL");
    let mut listening = client.get_async_pubsub().await.expect("Redis answers");
    let channel = format!("{}coffee:revoked", app.config.redis.key_prefix);
    listening.subscribe(&channel).await.expect("subscribes");
    let caller = app.with_token(text(&body["token"]));
    success(&caller.post(LOGOUT, &json!({})).await);
    let message = {
        use futures_util::StreamExt as _;
        let mut messages = listening.on_message();
        let next = tokio::time::timeout(std::time::Duration::from_secs(2), messages.next());
        next.await.expect("in time").expect("a message")
    };
    let text: String = message.get_payload().expect("a text");
    assert_eq!(text, format!("session:{}", sid(&body)));
}

#[actix_web::test]
async fn a_session_of_the_command_line_signs_out_as_well() {
    let app = start("[cache]\nsession_ttl_secs = 0\n").await;
    let client = app.partner(10, Plan::Saas).await;
    success(&client.post(LOGOUT, &json!({})).await);
    assert_eq!(client.get(super::GUARDED).await.code, 401);
}

#[actix_web::test]
async fn signing_out_needs_a_session() {
    let app = start("").await;
    assert_eq!(app.anonymous().post(LOGOUT, &json!({})).await.code, 401);
}
