//! What reaches an upstream, and by which path.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::json;

use super::{PREFIX, ask, proxying, proxying_with};
use crate::support::{Upstream, send};

#[actix_web::test]
async fn no_path_leads_out_of_its_prefix() {
    let upstream = Upstream::start();
    let (app, client) = proxying(&upstream.url).await;
    for target in ["/../y", "/%2e%2E/y", "/a/..%2fy", "/./y", "/a/.."] {
        let head = client.head("GET", &format!("{PREFIX}{target}"));
        let mut wire = ask(&app, &format!("{head}connection: close\r\n\r\n")).await;
        let answer = wire.rest().await;
        assert!(answer.starts_with("HTTP/1.1 400"), "{target}: {answer}");
        assert!(answer.contains(r#""message":"invalid Request""#), "{target}: {answer}");
    }
}

#[actix_web::test]
async fn a_post_without_body_says_so() {
    let upstream = Upstream::start();
    let (app, client) = proxying(&upstream.url).await;
    let head = client.head("POST", &format!("{PREFIX}/x"));
    let mut wire = ask(&app, &format!("{head}connection: close\r\n\r\n")).await;
    let answer = wire.rest().await;
    assert!(answer.contains(r#"["content-length","0"]"#), "{answer}");
}

#[actix_web::test]
async fn paths_and_queries_pass_unchanged() {
    let upstream = Upstream::start();
    let (app, client) = proxying(&upstream.url).await;
    for target in [
        "/social-profile-service",
        "/social-profile-service/",
        "/social-profile-service/api/x?",
        "/social-profile-service/api//x/?a=b&a=%20c&d",
        "/social-profile-service/%2ea/a%2Fb;c=d/'x",
    ] {
        let head = client.head("GET", target);
        let mut wire = ask(&app, &format!("{head}connection: close\r\n\r\n")).await;
        let answer = wire.rest().await;
        let uri = format!("\"uri\":{}", serde_json::Value::from(target));
        assert!(answer.contains(&uri), "{target}: {answer}");
    }
}

#[actix_web::test]
async fn every_method_passes() {
    let upstream = Upstream::start();
    let (_app, client) = proxying(&upstream.url).await;
    for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "PROPFIND"] {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        let request = client.request(method.clone(), &format!("{PREFIX}/x"));
        let answer = send(request.body("a body")).await;
        assert_eq!(answer.code, 200, "{method}: {}", answer.text);
        assert_eq!(answer.json()["method"], method.as_str());
        assert_eq!(answer.json()["body"], "a body", "{method}");
    }
}

#[actix_web::test]
async fn nobody_passes_without_a_session() {
    let upstream = Upstream::start();
    let routes = format!("[upstream.routes]\nextra = \"{}\"", upstream.url);
    let (app, client) = proxying_with(&upstream.url, &routes).await;
    for path in ["/social-profile-service/x", "/extra/x", "/extra"] {
        let answer = app.anonymous().get(path).await;
        assert_eq!(answer.code, 401, "{path}");
        assert_eq!(answer.status(), ("ERROR".into(), "UnAuthorized Access".into()));
    }
    assert_eq!(client.get("/extra/x").await.json()["uri"], "/extra/x");
    assert_eq!(client.get("/extraX/x").await.code, 404);
    for client in [&app.anonymous(), &client] {
        let answer = client.get("/e%78tra/x").await;
        assert_eq!(answer.code, 404, "a disguised prefix leads nowhere");
        assert_eq!(answer.status(), ("ERROR".into(), "not found".into()));
    }
}

#[actix_web::test]
async fn a_module_can_move_out() {
    let upstream = Upstream::start();
    let routes = format!("[upstream.routes]\ncollection-group-service = \"{}\"", upstream.url);
    let (_app, client) = proxying_with("", &routes).await;
    for path in ["/collection-group-service/api/group/1", "/collection-group-service/api/group/1/"]
    {
        assert_eq!(client.get(path).await.json()["uri"], path);
    }
    let body = json!({"filters": []});
    let answer = client.post("/collection-group-service/api/group", &body).await;
    assert_eq!(answer.json()["body"], body.to_string());
    assert_eq!(client.get("/social-profile-service/x").await.code, 503, "not configured");
    assert_eq!(client.get("/partner-usage-service/nowhere").await.code, 404, "in process");
}

#[actix_web::test]
async fn proxied_answers_are_counted_by_prefix() {
    let upstream = Upstream::start();
    let routes = format!("[upstream.routes]\nextra = \"{}\"", upstream.url);
    let (app, client) = proxying_with(&upstream.url, &routes).await;
    client.get("/extra/1").await;
    client.get("/extra/2").await;
    app.anonymous().get("/extra/3").await;
    let counted = |status: &str| {
        format!(
            "requests_winkl{{channel=\"other\",clientId=\"other\",method=\"GET\",\
             path=\"/{{path}}*\",responseStatus=\"{status}\""
        )
    };
    assert_eq!(app.metric(&counted("200 OK")).await, 2.0);
    assert_eq!(app.metric(&counted("401 Unauthorized")).await, 1.0);
    let route = "chi_pattern_requests_total{code=\"200\",method=\"GET\",path=\"/extra/{path}*\"";
    assert_eq!(app.metric(route).await, 2.0);
}

#[actix_web::test]
async fn connections_are_kept_and_shared() {
    let upstream = crate::support::Listener::start().await;
    let (app, client) = proxying(&upstream.url).await;
    let (get, post) = (client.head("GET", PREFIX), client.head("POST", PREFIX));
    let (answer, body) = ("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok", "content-length: 2");
    let mut front = ask(&app, &format!("{get}\r\n")).await;
    let (mut back, _) = upstream.request().await;
    back.send(answer).await;
    front.until("ok").await;
    for request in [format!("{get}\r\n"), format!("{post}{body}\r\n\r\nhi"), format!("{get}\r\n")] {
        let mut front = ask(&app, &request).await;
        let head = back.head().await;
        if head.starts_with("POST") {
            back.until("hi").await;
        }
        back.send(answer).await;
        front.until("ok").await;
    }
    assert!(upstream.is_left_alone().await);
}

#[actix_web::test]
async fn other_partners_and_plans_are_told_apart() {
    let upstream = Upstream::start();
    let (app, paid) = proxying(&upstream.url).await;
    let free = app.partner(11, Plan::Free).await;
    for (client, partner, plan) in
        [(&paid, "10", "PAID"), (&free, "11", "FREE"), (&paid, "10", "PAID")]
    {
        let seen = client.get(&format!("{PREFIX}/x")).await.json();
        let headers = seen["headers"].as_array().expect("headers");
        assert!(headers.contains(&json!(["x-bb-partner-id", partner])), "{seen}");
        assert!(headers.contains(&json!(["x-bb-plan-type", plan])), "{seen}");
    }
}
