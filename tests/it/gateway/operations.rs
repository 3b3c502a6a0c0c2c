//! The operations listener.

use coffee::core::types::Plan;
use reqwest::Method;
use sea_orm::sqlx;

use crate::support::{RedisServer, TestApp, send};

async fn put(url: String) -> (u16, String) {
    let answer = reqwest::Client::new().put(url).send().await.expect("answers");
    (answer.status().as_u16(), answer.text().await.expect("text"))
}

#[actix_web::test]
async fn the_heartbeat_is_switched_on_the_operations_port_only() {
    let app = TestApp::start().await;
    let beat = async || {
        let answer = app.anonymous().get("/heartbeat/").await;
        (answer.code.as_u16(), answer.text)
    };
    let switch = |value: &str| format!("{}/heartbeat/?beat={value}", app.operations);
    assert_eq!(beat().await, (410, String::new()));
    assert_eq!(put(switch("T")).await, (200, String::new()));
    assert_eq!(beat().await, (200, String::new()));
    assert_eq!(put(switch("yes")).await, (400, String::new()));
    assert_eq!(beat().await, (200, String::new()));
    let public = app.anonymous().request(Method::PUT, "/heartbeat/?beat=false");
    assert!(send(public).await.code.is_client_error());
    assert_eq!(beat().await, (200, String::new()));
    assert_eq!(app.anonymous().get("/metrics").await.code, 404);
}

#[actix_web::test]
async fn readiness_names_the_state_of_each_store() {
    let app = TestApp::start().await;
    let answer = reqwest::get(format!("{}/readyz", app.operations)).await.expect("answers");
    assert_eq!(answer.status(), 200);
    let states: serde_json::Value = answer.json().await.expect("JSON");
    assert_eq!(states["postgres"], "up");
    assert_eq!(states["redis"], "up");
    assert_eq!(states["clickhouse"], "absent");
    assert_eq!(states["rabbitmq"], "absent");
}

#[actix_web::test]
async fn an_optional_store_that_is_away_degrades_and_takes_no_replica_out() {
    let mut redis = RedisServer::start().await;
    // Nobody listens there.
    let closed = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let closed_port = closed.local_addr().expect("an address").port();
    drop(closed);
    let app = TestApp::start_with(&format!(
        "[clickhouse]\nurl = \"http://127.0.0.1:{closed_port}\"\n\
         [amqp]\nurl = \"amqp://u:p@127.0.0.1:{closed_port}\"\n\
         [redis]\naddresses = [\"{}\"]",
        redis.address()
    ))
    .await;
    let readiness = async || -> serde_json::Value {
        let answer = reqwest::get(format!("{}/readyz", app.operations)).await.expect("answers");
        assert_eq!(answer.status(), 200);
        answer.json().await.expect("JSON")
    };
    let parts = |answer: &serde_json::Value| -> Vec<String> {
        let list = answer["degraded"].as_array().expect("a list").iter();
        list.map(|fault| {
            assert_eq!(fault["cause"], "away", "{fault}");
            assert!(fault["reason"].as_str().is_some_and(|reason| !reason.is_empty()), "{fault}");
            fault["part"].as_str().expect("a name").to_owned()
        })
        .collect()
    };
    let answer = readiness().await;
    assert_eq!((&answer["ready"], &answer["redis"]), (&true.into(), &"up".into()));
    assert_eq!(parts(&answer), ["clickhouse", "rabbitmq"]);
    redis.kill();
    let answer = readiness().await;
    assert_eq!((&answer["ready"], &answer["redis"]), (&true.into(), &"down".into()));
    assert_eq!(parts(&answer), ["clickhouse", "rabbitmq", "redis"]);
    let metric = "coffee_degraded{cause=\"away\",part=\"redis\"";
    assert_eq!(app.metric(metric).await, 1.0);
    redis.restart().await;
    assert_eq!(parts(&readiness().await), ["clickhouse", "rabbitmq"]);
    assert_eq!(app.metric(metric).await, 0.0);
}

#[actix_web::test]
async fn requests_are_counted_by_route_template() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    client.get("/collection-group-service/api/group/77").await;
    client.get("/collection-group-service/api/group/78").await;
    client.get("/nowhere/at/all").await;
    let route = |path: &str, code: &str| {
        format!(
            "chi_pattern_requests_total{{code=\"{code}\",method=\"GET\",path=\"{path}\",\
             service=\"coffee\"}}"
        )
    };
    let template = "/collection-group-service/api/group/{id}";
    assert_eq!(app.metric(&route(template, "200")).await, 2.0);
    assert_eq!(app.metric(&route("unmatched", "404")).await, 1.0);
}

#[actix_web::test]
async fn a_pool_survives_a_restart_of_its_connections() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    client.get("/collection-group-service/api/group/1").await;
    let kill = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity \
                WHERE datname = current_database() AND usename = 'coffee'";
    sqlx::query(kill).execute(&app.owner).await.expect("terminated");
    app.eventually("requests work again", || async {
        let answer = client.get("/collection-group-service/api/group/1").await;
        answer.status().1 == "invalid Record Id - 1"
    })
    .await;
}
