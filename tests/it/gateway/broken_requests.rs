//! Requests that never become whole, or whose handling breaks: answered, counted, readable for browsers.

use std::time::{Duration, Instant};

use coffee::core::types::Plan;

use crate::support::{TestApp, Wire};

const LOGIN: &str = "/identity-service/api/auth/login";
const GROUP: &str = "/collection-group-service/api/group";

async fn start() -> TestApp {
    TestApp::start_with(
        "[clickhouse]\nurl = \"\"\n[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\n\
         drain_delay_secs = 0\ntimeout_secs = 1\nwrite_timeout_secs = 1\n[cors]\nallowed_origins = [\"https://app.test\"]",
    )
    .await
}

#[actix_web::test]
async fn a_body_that_does_not_come_is_not_waited_for() {
    let app = start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (path, framing) in [
        (LOGIN, "content-length: 10\r\n\r\n{"),
        (GROUP, "content-length: 10\r\n\r\n{"),
        (GROUP, "transfer-encoding: chunked\r\n\r\n1\r\n{\r\n"),
        (GROUP, "connection: upgrade\r\nupgrade: websocket\r\n\r\n{"),
    ] {
        let mut wire = Wire::connect(&app.public).await;
        let began = Instant::now();
        wire.send(&format!("{}{framing}", client.head("POST", path))).await;
        let answer = wire.rest().await;
        assert!(answer.starts_with("HTTP/1.1 408"), "{path} {framing:?}: {answer}");
        assert!(answer.contains(r#""message":"request timed out""#), "{answer}");
        assert!(began.elapsed() >= Duration::from_millis(900), "{path} {framing:?}");
    }
    assert_eq!(app.value("SELECT count(*) FROM collection_group").await.as_deref(), Some("0"));
}

#[actix_web::test]
async fn nobody_waits_for_the_chunks_of_a_refused_request() {
    let app = start().await;
    let mut wire = Wire::connect(&app.public).await;
    let head = app.anonymous().head("POST", GROUP);
    wire.send(&format!("{head}transfer-encoding: chunked\r\n\r\n1\r\n{{\r\n")).await;
    let answer = wire.rest().await;
    assert!(answer.starts_with("HTTP/1.1 401"), "{answer}");
}

#[actix_web::test]
async fn refused_duplicates_are_counted_and_readable() {
    let app = start().await;
    let mut wire = Wire::connect(&app.public).await;
    let head = app.anonymous().head("GET", "/content-service/api/x");
    wire.send(&format!("{head}x-bb-clientid: other\r\norigin: https://app.test\r\n\r\n")).await;
    let answer = wire.head().await;
    assert!(answer.starts_with("HTTP/1.1 400"), "{answer}");
    assert!(answer.contains("access-control-allow-origin: https://app.test"), "{answer}");
    for counter in [
        r#"requests_winkl{channel="other",clientId="other",method="GET",path="unmatched",responseStatus="400"#,
        r#"chi_pattern_requests_total{code="400""#,
    ] {
        assert_eq!(app.metric(counter).await, 1.0, "{counter}");
    }
}

#[actix_web::test]
async fn a_disguised_prefix_leads_nowhere() {
    let app = start().await;
    for client in [app.anonymous(), app.partner(10, Plan::Saas).await] {
        for path in
            ["/%63ollection-group-service/api/group/1", "/collection%2dgroup-service/api/group/1"]
        {
            let answer = client.get(path).await;
            assert_eq!(
                (answer.code.as_u16(), answer.status().1.as_str()),
                (404, "not found"),
                "{path}"
            );
        }
    }
}

#[actix_web::test]
async fn a_client_that_takes_nothing_is_disconnected() {
    let app = start().await;
    let mut wire = Wire::connect(&app.public).await;
    let request = app.anonymous().head("GET", "/openapi.json") + "\r\n";
    // More than the buffers of the system hold.
    wire.send(&request.repeat(200)).await;
    assert!(wire.is_served_by(&app.public));
    app.eventually("the connection is closed", || async { !wire.is_served_by(&app.public) }).await;
}
