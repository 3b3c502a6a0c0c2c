//! Login, its refusals, and verifying tokens.

use coffee::app::App;
use coffee::core::token::TokenKey;
use coffee::modules::identity::NewUser;
use serde_json::json;
use tokio_util::sync::CancellationToken;

use super::{
    GUARDED, LOGIN, PASSWORD, VERIFY, add_user, is_let_in, login, refused, sid, signed_in, start,
    success, text,
};
use crate::support::{Client, TestApp};

#[actix_web::test]
async fn signing_in_gives_tokens_and_the_account() {
    let app = start("").await;
    let before = chrono::Utc::now().timestamp();
    let body = signed_in(&app).await;
    let account =
        json!({"id": 77, "userId": 42, "name": "Asha", "partnerProfile": {"partnerId": 10}});
    assert_eq!(body["userClientAccount"], account);
    let key = TokenKey::new(&app.config.hmac_key().expect("a key"));
    let claims = key.verify(&text(&body["token"]), before).expect("a valid token");
    assert_eq!(
        (claims.user_id, claims.account_id, claims.partner_id),
        (Some(42), Some(77), Some(10))
    );
    let exp = claims.exp.expect("an end");
    assert!((before + 900..before + 960).contains(&exp), "15 minutes");
    assert_eq!(body["refreshTime"], exp * 1000);
    assert_eq!(text(&body["refreshToken"]).len(), 43);
    assert!(is_let_in(&app, &body).await);
}

#[actix_web::test]
async fn a_session_is_a_row_and_a_key_that_live_equally_long() {
    let app = start("").await;
    let sid = sid(&signed_in(&app).await);
    let ttl: i64 = app.redis("TTL", &format!("session:{sid}"), &[]).await;
    assert!((2_591_000..=2_592_000).contains(&ttl), "30 days: {ttl}");
    let left = "SELECT extract(epoch FROM expires_at - now())::bigint FROM identity_session";
    let left: i64 = app.value(left).await.expect("one session").parse().expect("seconds");
    assert!((left - ttl).abs() <= 5, "{left} {ttl}");
    let source = r#"gateway_cache_requests_total{cache="session",layer="source""#;
    assert_eq!(app.metric(source).await, 0.0, "the row need not be read");
    let hash = "SELECT octet_length(token_hash) FROM identity_refresh_token";
    assert_eq!(app.value(hash).await.as_deref(), Some("32"), "a hash, not the token");
}

#[actix_web::test]
async fn every_refusal_looks_the_same() {
    let app = start("").await;
    let other = |email: &str| NewUser {
        email: email.into(),
        name: None,
        user_id: None,
        account_id: None,
        partner_id: None,
    };
    add_user(&app, &other("disabled@example.com")).await;
    add_user(&app, &other("no-account@example.com")).await;
    for sql in [
        "UPDATE identity_user SET enabled = false WHERE email LIKE 'disabled%'",
        "UPDATE identity_account SET enabled = false WHERE user_id = \
         (SELECT id FROM identity_user WHERE email LIKE 'no-account%')",
    ] {
        sea_orm::sqlx::query(sql).execute(&app.owner).await.expect("changed");
    }
    let asha = "asha@example.com";
    for body in [
        json!({"mode": "EMAIL", "id": "nobody@example.com", "secret": PASSWORD}),
        json!({"mode": "EMAIL", "id": "a\u{0}b", "secret": PASSWORD}),
        json!({"mode": "EMAIL", "id": asha, "secret": "wrong horse"}),
        json!({"mode": "EMAIL", "id": asha, "secret": ""}),
        json!({"mode": "EMAIL", "id": asha, "secret": "x".repeat(100_000)}),
        json!({"mode": "EMAIL", "id": "disabled@example.com", "secret": PASSWORD}),
        json!({"mode": "EMAIL", "id": "no-account@example.com", "secret": PASSWORD}),
        json!({"mode": "PHONE", "id": asha, "secret": PASSWORD}),
        json!({"id": asha, "secret": PASSWORD}),
        json!({"mode": "EMAIL", "id": asha}),
        json!({"mode": null, "id": null, "secret": null}),
        json!({}),
    ] {
        refused(&app.anonymous().post(LOGIN, &body).await, "invalid credentials");
        let unlock = "UPDATE identity_user SET failed_logins = 0";
        sea_orm::sqlx::query(unlock).execute(&app.owner).await.expect("changed");
    }
    assert_eq!(app.value("SELECT count(*) FROM identity_session").await.as_deref(), Some("0"));
}

#[actix_web::test]
async fn unreadable_bodies_are_refused_without_repeating_them() {
    let app = start("").await;
    for body in ["", "{", "[]", r#"{"mode":"EMAIL","secret":{"a":"hunter22"}}"#] {
        let request = app.anonymous().request(reqwest::Method::POST, LOGIN).body(body);
        let answer = crate::support::send(request).await;
        assert_eq!(
            (answer.code.as_u16(), &answer.json()["status"]["type"]),
            (200, &json!("ERROR"))
        );
        assert!(!answer.text.contains("hunter22"), "{}", answer.text);
    }
    let much = json!({"secret": "x".repeat(3 << 20)});
    assert_eq!(app.anonymous().post(LOGIN, &much).await.code, 413);
}

#[actix_web::test]
async fn a_client_id_is_needed_and_the_address_is_read_in_any_case() {
    let app = start("").await;
    let body = json!({"mode": "EMAIL", "id": "ASHA@EXAMPLE.COM", "secret": PASSWORD});
    let answer = app.anonymous().without_client_id().post(LOGIN, &body).await;
    assert_eq!((answer.code.as_u16(), answer.status().1.as_str()), (401, "UnAuthorized Access"));
    success(&app.anonymous().post(LOGIN, &body).await);
    assert_eq!(app.anonymous().get(LOGIN).await.code, 405);
    assert_eq!(app.anonymous().post("/identity-service/api/auth/init", &body).await.code, 401);
}

#[actix_web::test]
async fn a_user_without_partner_is_let_in_without_tenant() {
    let app = start("").await;
    let solo = NewUser {
        email: "solo@example.com".into(),
        name: None,
        user_id: None,
        account_id: None,
        partner_id: None,
    };
    add_user(&app, &solo).await;
    let body = success(&login(&app, "solo@example.com", PASSWORD).await);
    assert_eq!(body["userClientAccount"].get("partnerProfile"), None);
    let answer = app.with_token(text(&body["token"])).get(GUARDED).await;
    assert_eq!(answer.status().0, "ERROR");
    assert_eq!(answer.code, 200);
}

#[actix_web::test]
async fn a_token_is_verified_by_anyone_while_its_session_lives() {
    let app = start("").await;
    let body = signed_in(&app).await;
    let verify = async |token: &str| app.anonymous().post(VERIFY, &json!({ "token": token })).await;
    let verified = success(&verify(&text(&body["token"])).await);
    assert_eq!(verified["userClientAccount"], body["userClientAccount"]);
    assert_eq!(verified["token"], body["token"]);
    assert_eq!(verified["refreshTime"], body["refreshTime"]);
    assert_eq!(verified.get("refreshToken"), None);
    let key = TokenKey::new(&app.config.hmac_key().expect("a key"));
    let unknown = key.sign(&json!({"sid": "unknown", "uid": 42})).expect("signs");
    let expired = key.sign(&json!({"sid": sid(&body), "uid": 42, "exp": 1})).expect("signs");
    let foreign = TokenKey::new(&[1; 32]).sign(&json!({"sid": sid(&body)})).expect("signs");
    for token in [unknown.as_str(), &expired, &foreign, "", "a.b.c"] {
        refused(&verify(token).await, "invalid token");
    }
    refused(&app.anonymous().post(VERIFY, &json!({})).await, "invalid token");
    let end = "UPDATE identity_session SET ended_at = now()";
    sea_orm::sqlx::query(end).execute(&app.owner).await.expect("changed");
    refused(&verify(&text(&body["token"])).await, "invalid token");
}

#[actix_web::test]
async fn sessions_survive_a_restart_and_the_loss_of_redis() {
    let app = start("").await;
    let body = signed_in(&app).await;
    let token = text(&body["token"]);
    for addresses in [app.config.redis.addresses.clone(), Vec::new()] {
        let mut config = app.config.clone();
        config.redis.addresses = addresses;
        let again = App::build(config).await.expect("application builds");
        let base = format!("http://{}", again.public_address().expect("serves"));
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn(again.run(stop.clone()));
        let client = Client::new(base, Some(token.clone()));
        assert_eq!(client.get(GUARDED).await.code, 200);
        stop.cancel();
        running.await.expect("joins").expect("stops");
    }
}

#[actix_web::test]
async fn without_redis_people_sign_in_and_out_as_well() {
    let app: TestApp = start("[redis]\naddresses = []").await;
    let body = signed_in(&app).await;
    assert!(is_let_in(&app, &body).await);
    let client = app.with_token(text(&body["token"]));
    success(&client.post(super::LOGOUT, &json!({})).await);
    let verify = json!({"token": body["token"]});
    refused(&app.anonymous().post(VERIFY, &verify).await, "invalid token");
}
