//! What every answer has, whatever gave it.

use coffee::core::types::Plan;
use reqwest::Method;
use reqwest::header::HeaderMap;
use serde_json::json;

use crate::support::{TestApp, Wire, send};

const GROUP: &str = "/collection-group-service/api/group";

#[actix_web::test]
async fn no_cache_keeps_what_is_for_its_caller() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let login = "/identity-service/api/auth/login";
    for answer in [
        client.get(&format!("{GROUP}/1")).await,
        client.get("/collection-group-service/nowhere").await,
        app.anonymous().get(&format!("{GROUP}/1")).await,
        app.anonymous().post(login, &json!({"email": "a@b.test", "password": "x"})).await,
        client.post(GROUP, &json!({"name": "a"})).await,
    ] {
        assert_eq!(answer.headers["cache-control"], "private, no-store", "{}", answer.text);
    }
    assert!(!app.anonymous().get("/openapi.json").await.headers.contains_key("cache-control"));
}

#[actix_web::test]
async fn a_head_is_a_get_without_its_body() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    for (url, path) in [
        (&app.public, "/heartbeat/"),
        (&app.public, "/openapi.json"),
        (&app.public, "/collection-group-service/api/group/1"),
        (&app.operations, "/heartbeat/"),
        (&app.operations, "/livez"),
    ] {
        let ask = async |method: &str| {
            let mut wire = Wire::connect(url).await;
            wire.send(&format!("{}connection: close\r\n\r\n", client.head(method, path))).await;
            let answer = wire.rest().await;
            let (head, body) = answer.split_once("\r\n\r\n").expect("a head");
            let kept = head
                .lines()
                .filter(|line| line.starts_with("HTTP/") || line.starts_with("content-"));
            (kept.map(str::to_owned).collect::<Vec<_>>(), body.to_owned())
        };
        let (get, head) = (ask("GET").await, ask("HEAD").await);
        assert_eq!((get.0, ""), (head.0, &*head.1), "{path}");
    }
}

#[actix_web::test]
async fn large_answers_are_compressed_for_those_who_take_that() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let get = async |path: &str, accepted: &str| {
        let mut request = client.request(Method::GET, path);
        if !accepted.is_empty() {
            request = request.header("accept-encoding", accepted);
        }
        let answer = request.send().await.expect("answers");
        let headers: HeaderMap = answer.headers().clone();
        (headers, answer.bytes().await.expect("a body"))
    };
    let (plain, text) = get("/openapi.json", "").await;
    assert!(!plain.contains_key("content-encoding"));
    for (accepted, encoding) in
        [("gzip", "gzip"), ("br", "br"), ("gzip;q=0.5, br", "br"), ("gzip, deflate, br", "br")]
    {
        let (headers, bytes) = get("/openapi.json", accepted).await;
        assert_eq!(headers["content-encoding"], encoding, "{accepted}");
        assert!(bytes.len() * 4 < text.len(), "{accepted}: {} of {}", bytes.len(), text.len());
        let varies = headers.get_all("vary").iter().any(|value| value == "accept-encoding");
        assert!(varies, "{headers:?}");
    }
    let small = get(&format!("{GROUP}/1"), "gzip, br").await;
    assert!(!small.0.contains_key("content-encoding"));
    let request = client.request(Method::GET, &format!("{GROUP}/1"));
    assert!(send(request).await.text.starts_with('{'));
}
