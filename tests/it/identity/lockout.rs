//! Wrong passwords block where they come from, and slow everywhere else; nobody can tell.

use futures_util::future::join_all;
use reqwest::Method;
use serde_json::json;

use super::{LOGIN, PASSWORD, add_user, login, refused, signed_in, start, success};
use crate::support::{Answer, TestApp, send};
use coffee::modules::identity::NewUser;

const ASHA: &str = "asha@example.com";
/// Failures of the pair, whether it is blocked, failures of the person.
const STATE: &str = "\
    SELECT string_agg(failures || ' ' || (blocked_until > now() IS TRUE), ', ' ORDER BY network DESC) \
    FROM identity_attempt WHERE person <> ''";
/// Behind a load balancer that says where a client is.
const BEHIND: &str = "[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\n\
    drain_delay_secs = 0\ntrusted_proxies = [\"127.0.0.1\"]\n";

async fn wrong(app: &TestApp) -> Answer {
    login(app, ASHA, "wrong horse").await
}

async fn state(app: &TestApp) -> String {
    app.value(STATE).await.unwrap_or_default()
}

/// An attempt from an address.
async fn login_from(app: &TestApp, address: &str, email: &str, password: &str) -> Answer {
    let body = json!({"mode": "EMAIL", "id": email, "secret": password});
    let request = app.anonymous().request(Method::POST, LOGIN).json(&body);
    send(request.header("x-forwarded-for", address)).await
}

async fn let_time_pass(app: &TestApp, seconds: u32) {
    let sql = format!(
        "UPDATE identity_attempt SET blocked_until = blocked_until - interval '{seconds} seconds'"
    );
    app.execute(&sql).await;
}

/// Asha's wrong passwords at a second process that blocks after `max` of them.
async fn wrong_where_blocked_after(max: u32, app: &TestApp, guesses: usize) {
    let mut config = app.config.clone();
    config.auth.max_failed_logins = max;
    let second = coffee::app::App::build(config).await.expect("application builds");
    let address = second.public_address().expect("serves");
    let client = crate::support::Client::new(format!("http://{address}"), None);
    let stop = tokio_util::sync::CancellationToken::new();
    actix_web::rt::spawn(second.run(stop.clone()));
    let body = json!({"mode": "EMAIL", "id": ASHA, "secret": "wrong horse"});
    let answers = join_all((0..guesses).map(|_| client.post(LOGIN, &body))).await;
    answers.iter().for_each(|answer| refused(answer, "invalid credentials"));
    stop.cancel();
}

#[actix_web::test]
async fn failures_in_a_row_block_and_time_unblocks() {
    let app = start("").await;
    for failures in 1..=5 {
        refused(&wrong(&app).await, "invalid credentials");
        let blocked = failures == 5;
        assert_eq!(state(&app).await, format!("{failures} {blocked}, {failures} {blocked}"));
    }
    refused(&login(&app, ASHA, PASSWORD).await, "invalid credentials");
    refused(&wrong(&app).await, "invalid credentials");
    let left = "SELECT blocked_until - now() BETWEEN interval '14 min' AND interval '15 min' \
                FROM identity_attempt WHERE person <> '' AND network <> ''";
    assert_eq!(app.value(left).await.as_deref(), Some("true"), "not for longer");
    let_time_pass(&app, 900).await;
    refused(&wrong(&app).await, "invalid credentials");
    assert!(state(&app).await.starts_with("1 false"), "a new count");
    let_time_pass(&app, 900).await;
    signed_in(&app).await;
    assert_eq!(state(&app).await, "0 false, 0 false");
}

#[actix_web::test]
async fn nobody_is_shut_out_from_another_address() {
    let app = start(BEHIND).await;
    for _ in 0..6 {
        let attack = login_from(&app, "203.0.113.9", ASHA, "wrong horse").await;
        refused(&attack, "invalid credentials");
    }
    refused(&login_from(&app, "203.0.113.9", ASHA, PASSWORD).await, "invalid credentials");
    let_time_pass(&app, 1).await;
    success(&login_from(&app, "198.51.100.7", ASHA, PASSWORD).await);
    refused(&login_from(&app, "203.0.113.9", ASHA, PASSWORD).await, "invalid credentials");
}

#[actix_web::test]
async fn guesses_from_many_addresses_are_slowed_but_not_where_the_person_was_before() {
    let app = start(BEHIND).await;
    success(&login_from(&app, "198.51.100.7", ASHA, PASSWORD).await);
    for number in 0..9 {
        let_time_pass(&app, 60).await;
        let attack = login_from(&app, &format!("203.0.113.{number}"), ASHA, "wrong horse").await;
        refused(&attack, "invalid credentials");
    }
    // Somewhere new even the right password has to wait.
    refused(&login_from(&app, "192.0.2.1", ASHA, PASSWORD).await, "invalid credentials");
    success(&login_from(&app, "198.51.100.7", ASHA, PASSWORD).await);
}

#[actix_web::test]
async fn an_address_that_fails_for_many_is_refused_for_all() {
    let app = start(&format!("{BEHIND}[auth]\nmax_failed_logins_per_address = 4\n")).await;
    for number in 0..4 {
        let email = format!("nobody-{number}@example.com");
        refused(&login_from(&app, "203.0.113.9", &email, "x").await, "invalid credentials");
    }
    refused(&login_from(&app, "203.0.113.9", ASHA, PASSWORD).await, "invalid credentials");
    success(&login_from(&app, "198.51.100.7", ASHA, PASSWORD).await);
}

#[actix_web::test]
async fn the_person_is_told_once() {
    let app = start("").await;
    for _ in 0..2 {
        for _ in 0..5 {
            refused(&wrong(&app).await, "invalid credentials");
            refused(&login(&app, "nobody@example.com", "x").await, "invalid credentials");
        }
        let_time_pass(&app, 900).await;
    }
    let told = "SELECT string_agg(payload::text, ' ') FROM event_outbox \
                WHERE topic = 'coffee.dx___sign_in_blocked'";
    let notice = app.value(told).await.expect("one notice");
    let notice: serde_json::Value = serde_json::from_str(&notice).expect("one notice only");
    assert_eq!((&notice["userId"], &notice["email"]), (&json!(42), &json!(ASHA)));
    assert_eq!((&notice["network"], &notice["failures"]), (&json!("127.0.0.1"), &json!(5)));
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
    assert_eq!(state(&app).await, "0 false, 0 false");
}

#[actix_web::test]
async fn parallel_guesses_are_all_counted() {
    let app = start("").await;
    wrong_where_blocked_after(100, &app, 12).await;
    assert_eq!(state(&app).await, "12 false, 12 false");
}

#[actix_web::test]
async fn parallel_guesses_block_as_others_do() {
    let app = start("").await;
    let guesses = join_all((0..12).map(|_| wrong(&app))).await;
    guesses.iter().for_each(|answer| refused(answer, "invalid credentials"));
    assert!(state(&app).await.starts_with("5 true"));
    refused(&login(&app, ASHA, PASSWORD).await, "invalid credentials");
}

#[actix_web::test]
async fn an_unknown_user_is_refused_and_blocked_alike() {
    let app = start("").await;
    for _ in 0..7 {
        refused(&login(&app, "nobody@example.com", PASSWORD).await, "invalid credentials");
    }
    assert!(state(&app).await.starts_with("5 true"));
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
    wrong_where_blocked_after(0, &app, 7).await;
    assert_eq!(state(&app).await, "7 false, 7 false");
    signed_in(&app).await;
}

#[actix_web::test]
async fn one_attack_locks_no_crowd_out() {
    let app = start(BEHIND).await;
    for number in 0..3 {
        let person = NewUser {
            email: format!("person-{number}@example.com"),
            name: None,
            user_id: None,
            account_id: None,
            partner_id: Some(10),
        };
        add_user(&app, &person).await;
        for _ in 0..5 {
            login_from(&app, "203.0.113.9", &person.email, "wrong horse").await;
        }
    }
    let_time_pass(&app, 1).await;
    for number in 0..3 {
        let email = format!("person-{number}@example.com");
        success(&login_from(&app, "198.51.100.7", &email, PASSWORD).await);
    }
}
