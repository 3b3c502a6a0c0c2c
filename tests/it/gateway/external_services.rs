//! Identity and partner services outside of this process.

use std::time::{Duration, Instant};

use deadpool_redis::redis;
use futures_util::future::join_all;
use reqwest::Method;
use serde_json::{Value, json};

use super::authentication::sign;
use crate::support::{
    Answer, Client, Mode, RedisServer, ServiceFake, TestApp, Upstream, identity_fake, partner_fake,
    send,
};

const GROUP: &str = "/collection-group-service/api/group";
const NO_CLICKHOUSE: &str = "[clickhouse]\nurl = \"\"\n";
/// Questions to Redis about a session, whatever the answer.
const IN_REDIS: &str = r#"gateway_cache_requests_total{cache="session",layer="redis""#;
/// `test~test:test`
const CLIENT_TOKEN: &str = "Basic dGVzdH50ZXN0OnRlc3Q=";

/// An application that asks both fakes and hears Redis, with more configuration.
pub async fn start(identity: &ServiceFake, partner: &ServiceFake, more: &str) -> TestApp {
    let app = start_deaf(identity, partner, more).await;
    app.until_listening(true).await;
    app
}

/// The same, as it starts.
async fn start_deaf(identity: &ServiceFake, partner: &ServiceFake, more: &str) -> TestApp {
    TestApp::start_with(&format!(
        "{NO_CLICKHOUSE}[identity]\nurl = \"{}\"\ntimeout_ms = 400\n\
         [partner]\nurl = \"{}/\"\ntimeout_ms = 400\n{more}",
        identity.url, partner.url
    ))
    .await
}

pub fn token(app: &TestApp, sid: &str) -> String {
    token_for(app, sid, 600)
}

/// A token of Asha's that is good for so many seconds.
pub fn token_for(app: &TestApp, sid: &str, seconds: i64) -> String {
    let exp = chrono::Utc::now().timestamp() + seconds;
    let claims = json!({"sid": sid, "uid": 42, "userAccountId": 77, "partnerId": 10, "exp": exp});
    sign(app, &claims)
}

pub async fn create_group(client: &Client, source_id: &str) -> Answer {
    let group = json!({"source": "SAAS", "sourceId": source_id, "name": "n"});
    client.post(GROUP, &group).await
}

/// Whether a search is charged to a contract: only paid plans have counters, and these have none.
pub async fn is_paid(client: &Client) -> bool {
    let search = client.list("/discovery-service/api/profile/INSTAGRAM/search", &[]).await;
    assert_eq!(search.code, 200, "{}", search.text);
    search.status().1 == "partner contract not found"
}

fn unavailable(answer: &Answer) {
    assert_eq!(answer.code, 503, "{}", answer.text);
    let expected = json!({"status": {"status": "ERROR", "message": "Something Went Wrong"}});
    assert_eq!(answer.contract(), expected);
}

#[actix_web::test]
async fn an_unknown_session_is_asked_for_once_and_then_known() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let token = token(&app, "s2");
    let client = app.with_token(token.clone());
    let request = client
        .request(Method::POST, GROUP)
        .header("x-bb-os", "ios")
        .header("x-bb-partner-id", "99")
        .header("accept-language", "hi")
        .header("cookie", "c=1")
        .json(&json!({"source": "SAAS", "sourceId": "a", "name": "n"}));
    let answer = send(request).await;
    let group = answer.success()["groups"][0].clone();
    assert_eq!((group["partnerId"].as_i64(), group["createdBy"].as_str()), (Some(10), Some("77")));
    let asked = identity.last();
    assert_eq!(asked.method, "POST");
    let target = "/api/auth/verify/token?loadPreferences=true&skipTokenCache=false";
    assert_eq!(asked.target, target);
    assert_eq!(asked.body, json!({ "token": token }));
    let header = |name: &str| asked.headers.get(name).map(String::as_str);
    assert_eq!(header("authorization"), Some(CLIENT_TOKEN));
    assert_eq!(header("x-bb-clientid"), Some("test"));
    assert_eq!(header("x-bb-clienttype"), Some("CUSTOMER"));
    assert_eq!(header("x-bb-os"), Some("ios"));
    assert_eq!(header("accept-language"), Some("hi"));
    let id = answer.headers["x-bb-requestid"].to_str().ok();
    assert_eq!(header("x-bb-requestid"), id);
    assert_eq!((header("x-bb-partner-id"), header("cookie")), (None, None));
    let (target, headers) = (partner.last().target, partner.last().headers);
    assert_eq!(
        (target.as_str(), headers["authorization"].as_str()),
        ("/api/partner/10", CLIENT_TOKEN)
    );
    let left: i64 = app.redis("TTL", "session:s2", &[]).await;
    assert!((1..=60).contains(&left), "{left}");

    assert_eq!(app.metric(IN_REDIS).await, 1.0);
    create_group(&client, "b").await.success();
    assert_eq!((identity.calls(), partner.calls()), (1, 1));
    assert_eq!(app.metric(IN_REDIS).await, 1.0);
}

#[actix_web::test]
async fn a_session_in_redis_is_not_asked_for() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    app.redis::<()>("SET", "session:s1", &["1"]).await;
    create_group(&app.with_token(token(&app, "s1")), "a").await.success();
    assert_eq!((identity.calls(), partner.calls()), (0, 1));
}

#[actix_web::test]
async fn refusals_of_the_identity_service_are_401_and_not_kept() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let client = app.with_token(token(&app, "s"));
    let mut disabled = identity_fake::asha();
    disabled["client"] = json!({"id": "web", "appType": "CUSTOMER", "enabled": false});
    let refusal = json!({"status": {"type": "ERROR", "message": "expired"}});
    for (calls, answer) in [disabled, refusal].into_iter().enumerate() {
        identity.set_answer(answer);
        assert_eq!(create_group(&client, "a").await.code, 401);
        assert_eq!(identity.calls(), calls + 1);
    }
    identity.set_mode(Mode::Status(401));
    assert_eq!(create_group(&client, "a").await.code, 401);
    identity.set_mode(Mode::Answer);
    identity.set_answer(identity_fake::asha());
    create_group(&client, "a").await.success();
    let exists: i64 = app.redis("EXISTS", "session:s", &[]).await;
    assert_eq!(exists, 1);
    assert_eq!(identity.calls(), 4);
}

#[actix_web::test]
async fn nobody_is_asked_without_a_client_id_or_about_a_bad_token() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let client = app.with_token(token(&app, "s"));
    assert_eq!(create_group(&client.without_client_id(), "a").await.code, 401);
    assert_eq!(app.with_token("a.b.c").get(GROUP).await.code, 401);
    assert_eq!(app.metric(IN_REDIS).await, 0.0);
    assert_eq!((identity.calls(), partner.calls()), (0, 0));
    create_group(&client, "a").await.success();
    assert_eq!(app.metric(IN_REDIS).await, 1.0, "with a client id everybody is");
    assert_eq!((identity.calls(), partner.calls()), (1, 1));
}

#[actix_web::test]
async fn an_account_without_partner_or_user_has_no_tenant() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    for (sid, account) in [
        ("a", json!({"id": 77, "userId": 42, "name": "Asha"})),
        ("b", json!({"id": 77, "userId": 0, "partnerProfile": {"partnerId": 10}})),
        ("c", json!({"id": 77, "userId": -1, "partnerProfile": {"partnerId": 10}})),
        ("d", Value::Null),
    ] {
        identity.set_answer(json!({"status": {"type": "SUCCESS"}, "userClientAccount": account}));
        let answer = create_group(&app.with_token(token(&app, sid)), "a").await;
        let message = "you are not authorized to access this resource";
        assert_eq!((answer.code.as_u16(), answer.status().1.as_str()), (200, message), "{sid}");
    }
    assert_eq!(partner.calls(), 0);
}

#[actix_web::test]
async fn the_client_that_identity_names_goes_to_the_partner_service() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let mut answer = identity_fake::asha();
    answer["client"] = json!({"id": "erp", "appName": "E", "appType": "ERP", "enabled": true});
    identity.set_answer(answer);
    create_group(&app.with_token(token(&app, "s")), "a").await.success();
    let headers = partner.last().headers;
    assert_eq!(headers["x-bb-clientid"], "erp");
    assert_eq!(headers["x-bb-clienttype"], "ERP");
    assert_eq!(headers["authorization"], "Basic ZXJwfmVycDplcnA=");
}

#[actix_web::test]
async fn when_neither_redis_nor_identity_can_tell_the_answer_is_503() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let redis = "[redis]\naddresses = [\"127.0.0.1:1\"]\ntimeout_ms = 200\n";
    let app = start_deaf(&identity, &partner, redis).await;
    let client = app.with_token(token(&app, "s"));
    identity.set_mode(Mode::Status(500));
    unavailable(&create_group(&client, "a").await);
    assert_eq!(identity.calls(), 1, "an answer is never a reason to ask again");
    identity.set_mode(Mode::Answer);
    create_group(&client, "a").await.success();
}

#[actix_web::test]
async fn unreadable_answers_are_failures() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let client = app.with_token(token(&app, "s"));
    for answer in [json!([]), json!("x".repeat(2 << 20)), json!({"status": 1})] {
        identity.set_answer(answer);
        unavailable(&create_group(&client, "a").await);
    }
    for status in [204, 302, 404, 429, 503] {
        identity.set_mode(Mode::Status(status));
        unavailable(&create_group(&client, "a").await);
    }
}

#[actix_web::test]
async fn a_hanging_identity_service_is_asked_once_for_all_who_wait() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let client = app.with_token(token(&app, "s"));
    identity.set_mode(Mode::Hang);
    let started = Instant::now();
    let answers = join_all((0..10).map(|_| create_group(&client, "a"))).await;
    let took = started.elapsed();
    answers.iter().for_each(unavailable);
    assert!(took >= Duration::from_millis(400) && took < Duration::from_millis(1500), "{took:?}");
    assert_eq!(identity.calls(), 1, "a timeout is no reason to ask again");
    identity.set_mode(Mode::Answer);
    let answers = join_all((0..10).map(|_| create_group(&client, "a"))).await;
    answers.iter().for_each(|answer| drop(answer.success()));
    assert_eq!(identity.calls(), 2);
}

#[actix_web::test]
async fn a_broken_connection_is_tried_once_more() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    let client = app.with_token(token(&app, "s"));
    identity.set_mode(Mode::Drop);
    unavailable(&create_group(&client, "a").await);
    assert_eq!(identity.calls(), 2);
    identity.set_mode(Mode::DropOnce);
    partner.set_mode(Mode::DropOnce);
    assert!(is_paid(&client).await);
    assert_eq!((identity.calls(), partner.calls()), (4, 2));
}

#[actix_web::test]
async fn services_that_nobody_runs_are_unavailable() {
    let nowhere = ServiceFake::nowhere().await;
    let app = start(&nowhere, &nowhere, "").await;
    let client = app.with_token(token(&app, "s"));
    unavailable(&create_group(&client, "a").await);
    app.redis::<()>("SET", "session:s", &["1"]).await;
    assert!(!is_paid(&client).await, "without the partner service the plan is FREE");
}

#[actix_web::test]
async fn the_built_in_routes_are_gone() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let app = start(&identity, &partner, "").await;
    for path in ["login", "refresh", "logout", "verify/token"] {
        let path = format!("/identity-service/api/auth/{path}");
        for client in [app.anonymous(), app.with_token(token(&app, "s"))] {
            let answer = client.post(&path, &json!({})).await;
            assert_eq!((answer.code.as_u16(), answer.status().1.as_str()), (404, "not found"));
        }
    }
    assert_eq!(app.anonymous().get("/partner-service/api/partner/10").await.code, 404);
    assert_eq!((identity.calls(), partner.calls()), (0, 0));
}

#[actix_web::test]
async fn an_upstream_gets_the_user_that_identity_names_and_the_client_as_it_names_itself() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let upstream = Upstream::start();
    let more = format!("[upstream]\nsocial_profile_url = \"{}\"\n", upstream.url);
    let app = start(&identity, &partner, &more).await;
    let mut answer = identity_fake::asha();
    answer["client"] = json!({"id": "erp", "appName": "E", "appType": "ERP", "enabled": true});
    identity.set_answer(answer);
    let client = app.with_token(token(&app, "s"));
    for _ in 0..2 {
        let seen = client.get("/social-profile-service/x").await.json();
        let headers = seen["headers"].as_array().expect("headers");
        for (name, value) in [
            ("authorization", "Basic NDJ+QXNoYX4xfjc3OjQy"),
            ("x-bb-partner-id", "10"),
            ("x-bb-plan-type", "PAID"),
            ("x-bb-clientid", "test"),
        ] {
            assert!(headers.contains(&json!([name, value])), "{name}: {seen}");
        }
        assert!(!headers.iter().any(|header| header[0] == "x-bb-clienttype"), "{seen}");
    }
    assert_eq!(partner.last().headers["x-bb-clientid"], "erp");
    assert_eq!((identity.calls(), partner.calls()), (1, 1));
}

#[actix_web::test]
async fn services_that_die_while_a_request_waits_are_answered_for_and_come_back() {
    let (identity, partner) = (identity_fake::start().await, partner_fake::start().await);
    let mut server = RedisServer::start().await;
    let redis = format!("[redis]\naddresses = [\"{}\"]\ntimeout_ms = 2000\n", server.address());
    let app = start(&identity, &partner, &redis).await;
    let client = app.with_token(token(&app, "s"));
    let kill_while_waiting = async |server: &mut RedisServer| {
        let pause = redis::cmd("CLIENT").arg(&["PAUSE", "60000", "ALL"]).to_owned();
        server.ask::<()>(&pause).await.expect("paused");
        let arrived = r#"gateway_cache_requests_total{cache="session",layer="l1",result="miss""#;
        let before = app.metric(arrived).await;
        let asking = client.clone();
        let request = actix_web::rt::spawn(async move { create_group(&asking, "a").await });
        app.eventually("the request waits", || async { app.metric(arrived).await > before }).await;
        server.kill();
        request.await.expect("answered")
    };
    // Redis dies, identity lives: nobody notices.
    kill_while_waiting(&mut server).await.success();
    assert_eq!(identity.calls(), 1);
    // Both die: nobody can tell, and nobody is signed out.
    server.restart().await;
    app.until_listening(true).await;
    identity.set_mode(Mode::Drop);
    unavailable(&kill_while_waiting(&mut server).await);
    // One comes back, then the other.
    identity.set_mode(Mode::Answer);
    create_group(&client, "a").await.success();
    server.restart().await;
    app.until_listening(true).await;
    // For a moment Redis is not asked yet; whoever comes then is in its memory without it.
    let attempt = std::cell::Cell::new(0);
    app.eventually("a session is back in Redis", || async {
        attempt.set(attempt.get() + 1);
        let sid = format!("s{}", attempt.get());
        create_group(&app.with_token(token(&app, &sid)), "a").await.success();
        app.redis::<i64>("EXISTS", &format!("session:{sid}"), &[]).await == 1
    })
    .await;
}
