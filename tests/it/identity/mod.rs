//! Signing in with the built-in identity, and the commands that manage who may.

mod commands;
mod lockout;
mod meanwhile;
mod partner;
mod refresh;
mod sign_in;
mod sign_out;
mod unicode;

use std::sync::Arc;
use std::time::{Duration, Instant};

use coffee::core::caller::Caller;
use coffee::core::config::Secret;
use coffee::core::stores::Stores;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::modules::identity::{IdentityService, NewUser};
use serde_json::{Value, json};

use crate::support::{Answer, TestApp};

const LOGIN: &str = "/identity-service/api/auth/login";
const REFRESH: &str = "/identity-service/api/auth/refresh";
const LOGOUT: &str = "/identity-service/api/auth/logout";
const VERIFY: &str = "/identity-service/api/auth/verify/token";
/// A route of a signed-in caller with a partner.
const GUARDED: &str = "/collection-group-service/api/group/1";
const PASSWORD: &str = "correct horse";

/// An application with Asha: user 42, account 77, partner 10.
async fn start(more: &str) -> TestApp {
    let app = TestApp::start_with(&format!("[clickhouse]\nurl = \"\"\n{more}")).await;
    app.seed("partner", &json!({"id": 10, "name": "Ten"})).await;
    let asha = NewUser {
        email: "Asha@example.com".into(),
        name: Some("Asha".into()),
        user_id: Some(42),
        account_id: Some(77),
        partner_id: Some(10),
    };
    add_user(&app, &asha).await;
    app
}

async fn add_user(app: &TestApp, user: &NewUser) {
    let stores = Stores::open_as_owner(app.config.clone()).await.expect("stores open");
    let deadline = Instant::now() + Duration::from_secs(30);
    let session = UnitOfWork::new(stores, Arc::new(Caller::default()), deadline);
    let identity = IdentityService::default();
    identity.add_user(&session, user, Secret::new(PASSWORD)).await.expect("user is added");
    session.commit().await.expect("commits");
}

async fn login(app: &TestApp, email: &str, password: &str) -> Answer {
    app.anonymous().post(LOGIN, &json!({"mode": "EMAIL", "id": email, "secret": password})).await
}

/// The body of Asha's sign-in.
async fn signed_in(app: &TestApp) -> Value {
    success(&login(app, "asha@example.com", PASSWORD).await)
}

async fn refresh(app: &TestApp, token: &Value) -> Answer {
    app.anonymous().post(REFRESH, &json!({ "refreshToken": token })).await
}

/// Whether the access token of an answer is let in.
async fn is_let_in(app: &TestApp, answer: &Value) -> bool {
    let answer = app.with_token(text(&answer["token"])).get(GUARDED).await;
    match answer.code.as_u16() {
        200 => true,
        401 => false,
        code => panic!("{code}: {}", answer.text),
    }
}

#[track_caller]
fn success(answer: &Answer) -> Value {
    let body = answer.json();
    assert_eq!((answer.code.as_u16(), &body["status"]["type"]), (200, &json!("SUCCESS")), "{body}");
    body
}

/// The whole answer is the refusal: no member more or less.
#[track_caller]
fn refused(answer: &Answer, message: &str) {
    assert_eq!(answer.code, 200, "{}", answer.text);
    assert_eq!(answer.contract(), json!({"status": {"type": "ERROR", "message": message}}));
}

fn text(value: &Value) -> String {
    value.as_str().expect("a text").to_owned()
}

/// Session of an access token.
fn sid(answer: &Value) -> String {
    use base64::Engine as _;
    let token = text(&answer["token"]);
    let claims = token.split('.').nth(1).expect("claims");
    let claims = base64::engine::general_purpose::URL_SAFE_NO_PAD.decode(claims).expect("base64");
    let claims: Value = serde_json::from_slice(&claims).expect("JSON");
    text(&claims["sid"])
}
