//! Refresh tokens: new each time; a used one gives the same successor for a while, later it ends the
//! session.

use futures_util::future::join_all;
use sea_orm::sqlx;
use serde_json::json;

use super::sign_out::L1_HITS;
use crate::support::TestApp;

use super::{REFRESH, is_let_in, refresh, refused, sid, signed_in, start, success, text};

#[actix_web::test]
async fn both_tokens_are_new_and_the_session_is_the_same() {
    let app = start("").await;
    let first = signed_in(&app).await;
    sqlx::query("UPDATE identity_session SET expires_at = now() + interval '1 hour'")
        .execute(&app.owner)
        .await
        .expect("changed");
    let second = success(&refresh(&app, &first["refreshToken"]).await);
    assert_ne!(second["refreshToken"], first["refreshToken"]);
    assert_eq!(second["userClientAccount"], first["userClientAccount"]);
    assert_eq!(sid(&second), sid(&first));
    assert!(is_let_in(&app, &second).await);
    let left = "SELECT expires_at > now() + interval '29 days' FROM identity_session";
    assert_eq!(app.value(left).await.as_deref(), Some("true"), "the session lives on");
    let ttl: i64 = app.redis("TTL", &format!("session:{}", sid(&first)), &[]).await;
    assert!(ttl > 29 * 86_400, "and so does its key: {ttl}");
    success(&refresh(&app, &second["refreshToken"]).await);
}

/// As if all tokens had been used `seconds` earlier.
async fn age(app: &TestApp, seconds: u32) {
    let sql = format!(
        "UPDATE identity_refresh_token SET used_at = used_at - interval '{seconds} seconds'"
    );
    app.execute(&sql).await;
}

#[actix_web::test]
async fn within_half_a_minute_a_used_token_gives_the_same_successor() {
    let app = start("").await;
    let first = signed_in(&app).await;
    let second = success(&refresh(&app, &first["refreshToken"]).await);
    age(&app, 25).await;
    let again = success(&refresh(&app, &first["refreshToken"]).await);
    assert_eq!(again["refreshToken"], second["refreshToken"]);
    assert_eq!(sid(&again), sid(&first));
    assert!(is_let_in(&app, &second).await && is_let_in(&app, &again).await);
    let third = success(&refresh(&app, &again["refreshToken"]).await);
    assert!(is_let_in(&app, &third).await);
    let kept = "SELECT count(*) FROM identity_refresh_token WHERE used_at IS NULL";
    assert_eq!(app.value(kept).await.as_deref(), Some("1"), "one chain");
}

#[actix_web::test]
async fn another_replica_gives_the_same_successor() {
    let app = start("").await;
    let other = coffee::app::App::build(app.config.clone()).await.expect("application builds");
    let base = format!("http://{}", other.public_address().expect("serves"));
    let stop = tokio_util::sync::CancellationToken::new();
    actix_web::rt::spawn(other.run(stop.clone()));
    let other = crate::support::Client::new(base, None);
    let first = signed_in(&app).await;
    let body = json!({"refreshToken": first["refreshToken"]});
    let (here, there) =
        futures_util::join!(refresh(&app, &first["refreshToken"]), other.post(REFRESH, &body));
    assert_eq!(success(&here)["refreshToken"], success(&there)["refreshToken"]);
    stop.cancel();
}

#[actix_web::test]
async fn a_use_after_half_a_minute_ends_the_session() {
    let app = start("").await;
    let first = signed_in(&app).await;
    let second = success(&refresh(&app, &first["refreshToken"]).await);
    age(&app, 31).await;
    refused(&refresh(&app, &first["refreshToken"]).await, "invalid token");
    refused(&refresh(&app, &second["refreshToken"]).await, "invalid token");
    assert!(!is_let_in(&app, &second).await);
}

#[actix_web::test]
async fn a_use_after_the_successor_was_used_ends_the_session() {
    let app = start("").await;
    app.until_listening(true).await;
    let (first, bystander) = (signed_in(&app).await, signed_in(&app).await);
    let second = success(&refresh(&app, &first["refreshToken"]).await);
    for hits in [0.0, 1.0] {
        assert!(is_let_in(&app, &second).await);
        assert_eq!(app.metric(L1_HITS).await, hits);
    }
    success(&refresh(&app, &second["refreshToken"]).await);
    refused(&refresh(&app, &first["refreshToken"]).await, "invalid token");
    assert!(!is_let_in(&app, &second).await, "the process has forgotten what it knew");
    assert!(!is_let_in(&app, &first).await);
    let exists: i64 = app.redis("EXISTS", &format!("session:{}", sid(&first)), &[]).await;
    assert_eq!(exists, 0);
    let verify = json!({"token": second["token"]});
    refused(&app.anonymous().post(super::VERIFY, &verify).await, "invalid token");
    refused(&refresh(&app, &second["refreshToken"]).await, "invalid token");
    refused(&refresh(&app, &first["refreshToken"]).await, "invalid token");
    let kept =
        format!("SELECT ended_at IS NOT NULL FROM identity_session WHERE sid = '{}'", sid(&first));
    assert_eq!(app.value(&kept).await.as_deref(), Some("true"), "kept although refused");
    success(&refresh(&app, &bystander["refreshToken"]).await);
}

#[actix_web::test]
async fn parallel_refreshes_of_one_token_agree() {
    let app = start("").await;
    let first = signed_in(&app).await;
    let answers = join_all((0..8).map(|_| refresh(&app, &first["refreshToken"]))).await;
    let tokens: Vec<_> =
        answers.iter().map(|answer| success(answer)["refreshToken"].clone()).collect();
    assert!(tokens.iter().all(|token| *token == tokens[0]), "{tokens:?}");
    assert_ne!(tokens[0], first["refreshToken"]);
    success(&refresh(&app, &tokens[0]).await);
    assert_eq!(
        app.value("SELECT count(*) FROM identity_refresh_token").await.as_deref(),
        Some("3")
    );
}

#[actix_web::test]
async fn a_chain_of_refreshes_holds() {
    let app = start("").await;
    let mut body = signed_in(&app).await;
    for _ in 0..10 {
        body = success(&refresh(&app, &body["refreshToken"]).await);
    }
    assert!(is_let_in(&app, &body).await);
}

#[actix_web::test]
async fn expired_unknown_and_foreign_tokens_are_refused_and_end_nothing() {
    let app = start("").await;
    let body = signed_in(&app).await;
    let far = "x".repeat(100_000);
    for token in [json!(""), json!("unknown"), json!(far), json!("a\u{0}"), body["token"].clone()] {
        refused(&refresh(&app, &token).await, "invalid token");
    }
    refused(&app.anonymous().post(REFRESH, &json!({})).await, "invalid token");
    let expire = "UPDATE identity_refresh_token SET expires_at = now()";
    sqlx::query(expire).execute(&app.owner).await.expect("changed");
    refused(&refresh(&app, &body["refreshToken"]).await, "invalid token");
    assert!(is_let_in(&app, &body).await);
}

#[actix_web::test]
async fn who_may_not_sign_in_any_more_may_not_refresh() {
    let app = start("").await;
    for sql in [
        "UPDATE identity_account SET enabled = false",
        "UPDATE identity_account SET enabled = true; UPDATE identity_user SET enabled = false",
        "UPDATE identity_user SET enabled = true; UPDATE identity_session SET expires_at = now()",
        "UPDATE identity_session SET ended_at = now()",
    ] {
        let restore = "UPDATE identity_account SET enabled = true; \
                       UPDATE identity_user SET enabled = true";
        sqlx::raw_sql(restore).execute(&app.owner).await.expect("restored");
        let body = signed_in(&app).await;
        sqlx::raw_sql(sql).execute(&app.owner).await.expect("changed");
        refused(&refresh(&app, &body["refreshToken"]).await, "invalid token");
    }
}

#[actix_web::test]
async fn access_tokens_are_as_short_as_configured() {
    let app = start("[cache]\nsession_ttl_secs = 60\n").await;
    let mut config = app.config.clone();
    config.auth.access_token_secs = 4;
    let short = coffee::app::App::build(config).await.expect("application builds");
    let base = format!("http://{}", short.public_address().expect("serves"));
    let stop = tokio_util::sync::CancellationToken::new();
    actix_web::rt::spawn(short.run(stop.clone()));
    let client = crate::support::Client::new(base.clone(), None);
    let login = json!({"mode": "EMAIL", "id": "asha@example.com", "secret": super::PASSWORD});
    let body = success(&client.post(super::LOGIN, &login).await);
    let client = crate::support::Client::new(base, Some(text(&body["token"])));
    assert_eq!(client.get(super::GUARDED).await.code, 200);
    app.eventually("the token ends, also for the cache", || async {
        client.get(super::GUARDED).await.code == 401
    })
    .await;
    stop.cancel();
    success(&refresh(&app, &body["refreshToken"]).await);
}
