//! `Idempotency-Key`: one effect, one answer.

use std::sync::Arc;
use std::time::{Duration, Instant};

use actix_web::body::to_bytes;
use actix_web::dev::Payload;
use actix_web::http::StatusCode;
use actix_web::http::header::HeaderName;
use actix_web::test::TestRequest;
use actix_web::{FromRequest as _, HttpResponse};
use coffee::core::caller::Caller;
use coffee::core::envelope::{ERROR, Envelope, Status};
use coffee::core::error::{Code, Error};
use coffee::core::idempotency::IdempotencyKey;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::core::work::Work;
use futures_util::future::join_all;
use reqwest::Method;
use sea_orm::ConnectionTrait as _;
use sea_orm::sqlx;
use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp, send};

const GROUP: &str = "/collection-group-service/api/group";
const SEARCH: &str = "/discovery-service/api/profile/INSTAGRAM/search";

fn group(source_id: &str) -> Value {
    json!({"source": "SAAS", "sourceId": source_id, "name": "Launch"})
}

async fn post(client: &Client, path: &str, key: &str, body: &Value) -> Answer {
    let request = client.request(Method::POST, path).header("idempotency-key", key);
    send(request.json(body)).await
}

async fn count(app: &TestApp, table: &str) -> String {
    app.value(&format!("SELECT count(*) FROM {table}")).await.unwrap_or_default()
}

async fn searches_charged(app: &TestApp) -> String {
    let sql = "SELECT sum(consumed) FROM partner_usage WHERE namespace = 'DISCOVERY'";
    app.value(sql).await.unwrap_or_default()
}

#[actix_web::test]
async fn a_hundred_parallel_duplicates_of_a_search_are_charged_once() {
    let app = TestApp::start().await;
    app.seed_instagram(&json!({"name": "Asha"})).await;
    let client = app.partner(10, Plan::Saas).await;
    let body = json!({"filters": []});
    let answers = join_all((0..100).map(|_| post(&client, SEARCH, "k", &body))).await;
    let first = answers[0].success();
    assert_eq!(first["profiles"].as_array().map(Vec::len), Some(1));
    for answer in &answers {
        assert_eq!((answer.code, &answer.text), (answers[0].code, &answers[0].text));
        assert_eq!(answer.headers["content-type"], "application/json");
    }
    assert_eq!(searches_charged(&app).await, "1");
    assert_eq!(count(&app, "activity_tracker").await, "1");
    let another = json!({"filters": [{"filterType": "EQ", "field": "name", "value": "Asha"}]});
    client.post(SEARCH, &another).await.success();
    assert_eq!(searches_charged(&app).await, "2", "another search is charged");
}

#[actix_web::test]
async fn a_hundred_parallel_duplicates_make_one_group() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let body = group("g1");
    let answers = join_all((0..100).map(|_| post(&client, GROUP, "k", &body))).await;
    let first = answers[0].success();
    assert!(answers.iter().all(|answer| answer.code == 200 && answer.text == answers[0].text));
    assert_eq!(count(&app, "collection_group").await, "1");
    // Every run of the route takes a number, also one that finds the group of an earlier run.
    let runs = "SELECT last_value FROM collection_group_id_seq";
    assert_eq!(app.value(runs).await.as_deref(), Some("1"));
    let id = &first["groups"][0]["id"];
    client.put(&format!("{GROUP}/{id}"), &json!({"name": "Changed"})).await.success();
    let again = post(&client, GROUP, "k", &body).await;
    assert_eq!(again.json(), first, "the answer of then, not of now");
    assert_eq!(app.value(runs).await.as_deref(), Some("1"));
    let without_key = client.post(GROUP, &body).await.success();
    assert_eq!(without_key["groups"][0]["name"], "Changed", "the group of now");
    assert_eq!(app.value(runs).await.as_deref(), Some("2"));
}

#[actix_web::test]
async fn growth_is_charged_once_for_a_key() {
    let app = TestApp::start_with_clickhouse().await;
    let client = app.partner(10, Plan::Saas).await;
    let account = app.seed_instagram(&json!({})).await;
    let week = json!({
        "platform": "INSTAGRAM", "platform_profile_id": account, "platform_id": "x",
        "monthly_stats": false, "date": "2024-07-07", "followers": 900,
    });
    app.seed_clickhouse("social_profile_time_series", &[week]).await;
    let path = format!("/discovery-service/api/profile/INSTAGRAM/{account}/timeseries");
    let body = json!({"filters": []});
    let first = post(&client, &path, "k", &body).await.success();
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 1);
    // Locked again, the page would be charged by whatever runs.
    app.execute("DELETE FROM partner_profile_page_track").await;
    assert_eq!(post(&client, &path, "k", &body).await.json(), first);
    assert_eq!(post(&client, &path, "k", &json!({})).await.code, 422);
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 1);
    client.post(&path, &body).await.success();
    assert_eq!(app.consumed(10, "PROFILE_PAGE").await, 2, "without a key it is charged");
}

#[actix_web::test]
async fn another_request_with_the_key_is_refused() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    post(&client, GROUP, "k", &group("g1")).await.success();
    for (path, body) in [
        (GROUP.to_owned(), group("g2")),
        (format!("{GROUP}?a=b"), group("g1")),
        (SEARCH.to_owned(), group("g1")),
    ] {
        let answer = post(&client, &path, "k", &body).await;
        assert_eq!(answer.code, 422, "{}", answer.text);
        let message = "idempotency key was used for another request";
        assert_eq!(answer.contract(), json!({"status": {"status": "ERROR", "message": message}}));
    }
    assert_eq!(count(&app, "collection_group").await, "1");
}

#[actix_web::test]
async fn keys_belong_to_partner_and_account() {
    let app = TestApp::start().await;
    let claims = |sid: &str, partner: i64, account: i64| json!({"sid": sid, "uid": account, "userAccountId": account, "partnerId": partner});
    for (number, claims) in
        [claims("a", 10, 1), claims("b", 10, 2), claims("c", 20, 3)].iter().enumerate()
    {
        let client = app.caller(claims).await;
        post(&client, GROUP, "k", &group(&format!("g{number}"))).await.success();
    }
    assert_eq!(count(&app, "collection_group").await, "3");
    let platform = app.caller(&claims("d", -1, 4)).await;
    let first = post(&platform, GROUP, "k", &group("g4")).await.success();
    assert_eq!(post(&platform, GROUP, "k", &group("g4")).await.json(), first);
}

#[actix_web::test]
async fn a_bad_key_is_refused_where_keys_count_and_ignored_elsewhere() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for bad in ["", "\u{e9}", &"k".repeat(256)] {
        let answer = post(&client, GROUP, bad, &group("g1")).await;
        assert_eq!(answer.code, 400, "{bad:?}");
        assert_eq!(answer.status(), ("ERROR".into(), "invalid Request".into()));
        let other = client.request(Method::GET, &format!("{GROUP}/1"));
        assert_eq!(send(other.header("idempotency-key", bad)).await.code, 200);
    }
    assert_eq!(count(&app, "collection_group").await, "0");
    let nobody = app.caller(&json!({"sid": "n", "uid": 1})).await;
    assert_eq!(post(&nobody, SEARCH, "", &json!({})).await.code, 200);
    assert_eq!(count(&app, "idempotency_key").await, "0");
}

#[actix_web::test]
async fn a_refused_request_runs_again() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let mut body = group("g1");
    body["collectionIds"] = json!(["p"]);
    let refused = post(&client, GROUP, "k", &body).await;
    assert_eq!(refused.status(), ("ERROR".into(), "invalid collection - p".into()));
    assert_eq!(count(&app, "idempotency_key").await, "0");
    let collection = json!({
        "id": "p", "share_id": "p", "partner_id": 10, "name": "n", "source": "SAAS",
        "source_id": "p", "created_by": "1",
    });
    app.seed("post_collection", &collection).await;
    post(&client, GROUP, "k", &body).await.success();
}

#[actix_web::test]
async fn after_a_day_the_key_is_free() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let age = async |hours: f64| {
        let sql = "UPDATE idempotency_key SET created_at = created_at - make_interval(secs => $1)";
        let aged = sqlx::query(sql).bind(hours * 3600.0).execute(&app.owner).await;
        aged.expect("aged");
    };
    post(&client, GROUP, "k", &group("g1")).await.success();
    age(23.9).await;
    assert_eq!(post(&client, GROUP, "k", &group("g2")).await.code, 422);
    age(0.2).await;
    let second = post(&client, GROUP, "k", &group("g2")).await.success();
    assert_eq!(post(&client, GROUP, "k", &group("g2")).await.json(), second);
    assert_eq!(count(&app, "collection_group").await, "2");
}

#[derive(serde::Serialize)]
struct Done {
    status: Status,
}

impl Envelope for Done {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status }
    }
}

async fn track(unit: &UnitOfWork) -> Result<Done, Error> {
    let sql = "INSERT INTO partner_profile_page_track (partner_id, key) VALUES (10, 'k')";
    unit.write().await?.execute_unprepared(sql).await?;
    Ok(Done { status: Status::success("done", 1) })
}

/// Work of partner 10 within `limit` seconds.
fn work(stores: &Stores, limit: u64) -> Work {
    let caller = Caller { partner_id: Some(10), account_id: Some(1), ..Caller::default() };
    let limit = Duration::from_secs(limit);
    <Work>::new(stores.clone(), Arc::new(caller), Instant::now(), limit)
}

/// The same under the key `k`.
fn keyed(stores: &Stores, limit: u64) -> Work {
    let key = HeaderName::from_static("idempotency-key");
    let request = TestRequest::post().insert_header((key, "k")).to_http_request();
    let key = IdempotencyKey::from_request(&request, &mut Payload::None).into_inner();
    work(stores, limit).once(&key.expect("any request"))
}

#[actix_web::test]
async fn after_a_panic_or_a_timeout_the_key_runs_again() {
    let app = TestApp::start().await;
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let work = |limit| keyed(&stores, limit);
    let panicked = work(5).run::<Done, _>(async |unit| {
        track(unit).await?;
        panic!("a defect");
    });
    assert_eq!(panicked.await.status(), 200);
    let late = work(1).run::<Done, _>(async |unit| {
        track(unit).await?;
        std::future::pending().await
    });
    assert_eq!(late.await.status(), 504);
    assert_eq!(count(&app, "idempotency_key").await, "0");
    let done = work(5).run(track).await;
    let done = to_bytes(HttpResponse::from(done).into_body()).await.expect("a body");
    let again = work(5).run::<Done, _>(async |_| panic!("must not run")).await;
    assert_eq!(to_bytes(HttpResponse::from(again).into_body()).await.expect("a body"), done);
    assert_eq!(count(&app, "partner_profile_page_track").await, "1");
}

#[actix_web::test]
async fn what_is_kept_of_a_refusal_keeps_no_key() {
    let app = TestApp::start().await;
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let refused = keyed(&stores, 5).run::<Done, _>(async |unit| {
        track(unit).await?;
        unit.keep();
        Err(Error::refused(Code::Conflict, "not this one"))
    });
    assert_eq!(refused.await.status(), 200);
    assert_eq!(count(&app, "partner_profile_page_track").await, "1", "kept");
    assert_eq!(count(&app, "idempotency_key").await, "0");
}

#[actix_web::test]
async fn duplicates_that_wait_hold_no_connection() {
    let app = TestApp::start().await;
    let mut config = app.config.clone();
    config.postgres.max_connections = 2;
    config.postgres.min_connections = 1;
    let stores = Stores::open(config).await.expect("stores open");
    let (release, released) = tokio::sync::oneshot::channel::<()>();
    let (begin, begun) = tokio::sync::oneshot::channel::<()>();
    let first = keyed(&stores, 20).run(async |unit| {
        let done = track(unit).await?;
        begin.send(()).expect("somebody waits");
        released.await.expect("released");
        Ok(done)
    });
    let others = async {
        begun.await.expect("the first one works");
        let duplicates =
            (0..20).map(|_| keyed(&stores, 20).run::<Done, _>(async |_| unreachable!()));
        let other = async {
            // The duplicates have had their turn to take a connection.
            tokio::task::yield_now().await;
            let other = work(&stores, 20).run(async |unit| {
                unit.write().await?.execute_unprepared("SELECT 1").await?;
                Ok(Done { status: Status::success("done", 1) })
            });
            let other = tokio::time::timeout(Duration::from_secs(10), other).await;
            release.send(()).expect("the first one waits");
            other.expect("there is a connection").status()
        };
        tokio::join!(join_all(duplicates), other)
    };
    let (first, (duplicates, other)) = tokio::join!(first, others);
    assert_eq!((first.status(), other), (StatusCode::OK, StatusCode::OK));
    assert!(duplicates.iter().all(|answer| answer.status() == 200));
    assert_eq!(count(&app, "partner_profile_page_track").await, "1");
}

#[test]
fn the_contract_names_the_header_where_it_counts() {
    let contract: Value =
        serde_json::from_str(include_str!("../../../openapi.json")).expect("JSON");
    let mut routes = Vec::new();
    for (path, item) in contract["paths"].as_object().expect("paths") {
        for (method, operation) in item.as_object().expect("operations") {
            let parameters = operation["parameters"].as_array().cloned().unwrap_or_default();
            if parameters.iter().any(|parameter| parameter["name"] == "Idempotency-Key") {
                assert!(operation["responses"]["422"].is_object(), "{path}");
                assert!(["post", "put"].contains(&method.as_str()), "{method} {path}");
                routes.push(path.as_str());
            }
        }
    }
    let discovery = "/discovery-service/api/profile";
    let expected = [
        GROUP.to_owned(),
        "/post-collection-service/api/collection".to_owned(),
        format!("{discovery}/{{platform}}/search"),
        format!("{discovery}/{{platform}}/{{platformProfileId}}/timeseries"),
        "/partner-usage-service/api/partner/profile/{PlatformCode}/{platform}/unlock".to_owned(),
    ];
    for path in &expected {
        assert!(routes.contains(&path.as_str()), "{path}");
    }
}
