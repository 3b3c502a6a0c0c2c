//! Who is let in, as whom.

use coffee::core::token::TokenKey;
use coffee::core::types::Plan;
use deadpool_redis::redis;
use reqwest::Method;
use sea_orm::sqlx;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, send};

const GROUP: &str = "/collection-group-service/api/group";
/// Every question about a session, whoever is asked.
const SESSIONS: &str = r#"gateway_cache_requests_total{cache="session""#;
/// Sessions that the cache of the process knew.
pub const L1_HITS: &str = r#"gateway_cache_requests_total{cache="session",layer="l1",result="hit""#;

pub fn sign(app: &TestApp, claims: &Value) -> String {
    TokenKey::new(&app.config.hmac_key().expect("a key")).sign(claims).expect("signs")
}

pub async fn redis_set(app: &TestApp, key: &str) {
    let url = format!("redis://{}", app.config.redis.addresses[0]);
    let mut connection = redis::Client::open(url)
        .expect("a URL")
        .get_multiplexed_async_connection()
        .await
        .expect("Redis answers");
    let key = format!("{}{key}", app.config.redis.key_prefix);
    let set = redis::cmd("SET").arg(key).arg(1).query_async::<()>(&mut connection).await;
    set.expect("stored");
}

/// Creates a group and reports who the module saw.
async fn seen_as(client: &Client, source_id: &str) -> Answer {
    let group = json!({"source": "SAAS", "sourceId": source_id, "name": "n"});
    client.post(GROUP, &group).await
}

pub fn refused(answer: &Answer) {
    assert_eq!(answer.code, 401, "{}", answer.text);
    let expected = json!({"status": {"status": "ERROR", "message": "UnAuthorized Access"}});
    assert_eq!(answer.contract(), expected);
    let id = answer.headers.get("x-bb-requestid").and_then(|id| id.to_str().ok());
    assert!(id.is_some_and(|id| uuid::Uuid::parse_str(id).is_ok()), "{id:?}");
    assert_eq!(answer.headers["x-robots-tag"], "noindex");
}

#[actix_web::test]
async fn without_client_id_or_token_nobody_is_let_in() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let path = format!("{GROUP}/1");
    refused(&client.without_client_id().get(&path).await);
    refused(&app.anonymous().get(&path).await);
    refused(&send(app.anonymous().request(Method::GET, &path).header("authorization", "x")).await);
    assert_eq!(app.metric(SESSIONS).await, 0.0, "no cache, not Redis, not identity");
    assert_eq!(client.get(&path).await.code, 200);
    assert!(app.metric(SESSIONS).await > 0.0, "with both they are asked");
}

#[actix_web::test]
async fn a_session_in_redis_is_enough_and_expired_contracts_count_as_free() {
    let app = TestApp::start().await;
    redis_set(&app, "session:s1").await;
    let yesterday = "now() - interval '1 day'";
    let sql = format!(
        "INSERT INTO partner (id, name) VALUES (10, 'p'); \
         INSERT INTO partner_contract (partner_id, plan, start_time, end_time) \
         VALUES (10, 'PAID', now() - interval '1 year', {yesterday})"
    );
    sqlx::raw_sql(sqlx::AssertSqlSafe(sql)).execute(&app.owner).await.expect("seeded");
    let claims = json!({"sid": "s1", "uid": 1014, "userAccountId": 55, "partnerId": 10});
    let client = app.with_token(sign(&app, &claims));
    let group = seen_as(&client, "g").await.success();
    assert_eq!(group["groups"][0]["partnerId"], 10);
    assert_eq!(group["groups"][0]["createdBy"], "55");
    let source = r#"gateway_cache_requests_total{cache="session",layer="source""#;
    assert_eq!(app.metric(source).await, 0.0, "the identity look-up is not asked");
    // A paid plan would be charged, to a contract that has no counters.
    let search = client.list("/discovery-service/api/profile/INSTAGRAM/search", &[]).await;
    assert_ne!(search.status().1, "partner contract not found", "the plan is FREE");
}

#[actix_web::test]
async fn a_session_without_redis_is_found_in_postgresql_and_written_back() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    seen_as(&client, "g").await.success();
    let hit = r#"gateway_cache_requests_total{cache="session",layer="source",result="hit""#;
    assert_eq!(app.metric(hit).await, 1.0);
    seen_as(&client, "g").await.success();
    assert_eq!(app.metric(hit).await, 1.0, "the second request asks nobody");
    assert_eq!(app.metric(L1_HITS).await, 1.0);
}

#[actix_web::test]
async fn an_ended_session_or_disabled_user_is_refused() {
    let app = TestApp::start().await;
    for sql in [
        "UPDATE identity_session SET ended_at = now()",
        "UPDATE identity_session SET ended_at = NULL, expires_at = now()",
        "UPDATE identity_user SET enabled = false",
    ] {
        let client = app.partner(10, Plan::Saas).await;
        sqlx::query(sql).execute(&app.owner).await.expect("changed");
        refused(&client.get(&format!("{GROUP}/1")).await);
    }
}

#[actix_web::test]
async fn without_redis_sessions_are_read_from_postgresql() {
    let app = TestApp::start_with("[clickhouse]\nurl = \"\"\n[redis]\naddresses = []").await;
    seen_as(&app.partner(10, Plan::Saas).await, "g").await.success();
}

#[actix_web::test]
async fn an_unreachable_redis_falls_back_to_postgresql() {
    let app = TestApp::start_with(
        "[clickhouse]\nurl = \"\"\n[redis]\naddresses = [\"127.0.0.1:1\"]\ntimeout_ms = 200",
    )
    .await;
    seen_as(&app.partner(10, Plan::Saas).await, "g").await.success();
}

#[actix_web::test]
async fn identity_headers_of_a_client_count_for_nothing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Free).await;
    let group = json!({"source": "SAAS", "sourceId": "g", "name": "n"});
    let request = client
        .request(Method::POST, GROUP)
        .header("x-bb-partner-id", "99")
        .header("x-bb-plan-type", "PAID")
        .header("x-bb-account-id", "7")
        .header("x-bb-requestid", "mine")
        .json(&group);
    let answer = send(request).await;
    let entry = answer.success()["groups"][0].clone();
    assert_eq!((entry["partnerId"].as_i64(), entry["createdBy"].as_str()), (Some(10), Some("101")));
    assert_ne!(answer.headers["x-bb-requestid"], "mine");
}

#[actix_web::test]
async fn two_values_of_an_identity_header_are_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for name in [
        "authorization",
        "x-bb-clientid",
        "x-bb-clienttype",
        "x-bb-deviceid",
        "x-bb-partner-id",
        "x-bb-plan-type",
    ] {
        let request = client.request(Method::GET, &format!("{GROUP}/1"));
        let answer = send(request.header(name, "one").header(name, "two")).await;
        assert_eq!(answer.code, 400, "{name}");
        assert_eq!(answer.status(), ("ERROR".into(), "invalid Request".into()));
    }
}

#[actix_web::test]
async fn a_session_without_user_has_no_tenant() {
    let app = TestApp::start().await;
    redis_set(&app, "session:s0").await;
    let claims = json!({"sid": "s0", "uid": 0, "userAccountId": 55, "partnerId": 10});
    let answer = seen_as(&app.with_token(sign(&app, &claims)), "g").await;
    assert_eq!(answer.code, 200);
    let message = "you are not authorized to access this resource";
    assert_eq!(answer.status(), ("ERROR".into(), message.into()));
    assert_eq!(answer.json().get("groups"), None);
}

#[actix_web::test]
async fn initialising_a_device_grants_nothing() {
    let app = TestApp::start().await;
    let nobody = app.anonymous();
    let mut paths = vec!["/discovery-service/api/profile/INSTAGRAM/search".to_owned()];
    for service in ["discovery-service", "identity-service", "partner-service", "content-service/x"]
    {
        paths.extend(["", "/v2"].map(|version| format!("/{service}/api/auth/init{version}")));
    }
    let names = ["initDeviceGoMutation", "initDeviceV2", "initDeviceV2Mutation", "initDevice", ""];
    for path in &paths {
        for name in names {
            let request = nobody.request(Method::POST, path).json(&json!({}));
            let answer = send(request.header("x-apollo-operation-name", name)).await;
            assert_eq!(answer.code, 401, "{path} {name}");
            refused(&answer);
        }
    }
}
