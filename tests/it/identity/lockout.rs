//! Wrong passwords in a row lock a user for a while, and nobody can tell.

use futures_util::future::join_all;
use sea_orm::sqlx;

use super::{PASSWORD, login, refused, signed_in, start, success};
use crate::support::{Answer, TestApp};

const ASHA: &str = "asha@example.com";
const STATE: &str =
    "SELECT failed_logins || ' ' || (locked_until > now() IS TRUE) FROM identity_user";

async fn wrong(app: &TestApp) -> Answer {
    login(app, ASHA, "wrong horse").await
}

async fn state(app: &TestApp) -> String {
    app.value(STATE).await.expect("one user")
}

/// Asha's wrong passwords at a second process that locks users after `max` of them.
async fn wrong_where_locked_after(max: u32, app: &TestApp, guesses: usize) {
    let mut config = app.config.clone();
    config.auth.max_failed_logins = max;
    let second = coffee::app::App::build(config).await.expect("application builds");
    let address = second.public_address().expect("serves");
    let client = crate::support::Client::new(format!("http://{address}"), None);
    let stop = tokio_util::sync::CancellationToken::new();
    actix_web::rt::spawn(second.run(stop.clone()));
    let body = serde_json::json!({"mode": "EMAIL", "id": ASHA, "secret": "wrong horse"});
    let answers = join_all((0..guesses).map(|_| client.post(super::LOGIN, &body))).await;
    answers.iter().for_each(|answer| refused(answer, "invalid credentials"));
    stop.cancel();
}

#[actix_web::test]
async fn failures_in_a_row_lock_and_time_unlocks() {
    let app = start("").await;
    for failures in 1..=5 {
        refused(&wrong(&app).await, "invalid credentials");
        assert_eq!(state(&app).await, format!("{failures} {}", failures == 5));
    }
    refused(&login(&app, ASHA, PASSWORD).await, "invalid credentials");
    refused(&wrong(&app).await, "invalid credentials");
    assert_eq!(state(&app).await, "5 true", "a locked user is not locked for longer");
    let left = "SELECT locked_until - now() BETWEEN interval '14 min' AND interval '15 min' \
                FROM identity_user";
    assert_eq!(app.value(left).await.as_deref(), Some("true"));
    let pass = "UPDATE identity_user SET locked_until = now()";
    sqlx::query(pass).execute(&app.owner).await.expect("changed");
    refused(&wrong(&app).await, "invalid credentials");
    assert_eq!(state(&app).await, "1 false", "a new count");
    signed_in(&app).await;
    assert_eq!(state(&app).await, "0 false");
}

#[actix_web::test]
async fn a_success_starts_a_new_count() {
    let app = start("").await;
    for _ in 0..2 {
        for _ in 0..4 {
            refused(&wrong(&app).await, "invalid credentials");
        }
        signed_in(&app).await;
    }
    assert_eq!(state(&app).await, "0 false");
}

#[actix_web::test]
async fn parallel_guesses_are_all_counted() {
    let app = start("").await;
    wrong_where_locked_after(100, &app, 12).await;
    assert_eq!(state(&app).await, "12 false");
}

#[actix_web::test]
async fn parallel_guesses_lock_as_others_do() {
    let app = start("").await;
    let guesses = join_all((0..12).map(|_| wrong(&app))).await;
    guesses.iter().for_each(|answer| refused(answer, "invalid credentials"));
    assert_eq!(state(&app).await, "5 true");
    refused(&login(&app, ASHA, PASSWORD).await, "invalid credentials");
}

#[actix_web::test]
async fn an_unknown_user_is_refused_alike_however_often() {
    let app = start("").await;
    for _ in 0..7 {
        refused(&login(&app, "nobody@example.com", PASSWORD).await, "invalid credentials");
    }
    signed_in(&app).await;
}

#[actix_web::test]
async fn several_people_sign_in_at_once() {
    let app = start("").await;
    let answers = join_all((0..8).map(|_| login(&app, ASHA, PASSWORD))).await;
    answers.iter().for_each(|answer| drop(success(answer)));
    assert_eq!(app.value("SELECT count(*) FROM identity_session").await.as_deref(), Some("8"));
}

#[actix_web::test]
async fn zero_means_never() {
    let app = start("").await;
    wrong_where_locked_after(0, &app, 7).await;
    assert_eq!(state(&app).await, "7 false");
    signed_in(&app).await;
}
