//! Browsers' origins.

use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::support::{TestApp, send};

const ORIGINS: &str = "[clickhouse]\nurl = \"\"\n[cors]\nallowed_origins = \
                       [\"https://app.example.com\", \"https://*.brand.io\"]";

fn values(headers: &HeaderMap, name: &str) -> Vec<String> {
    let values = headers.get_all(name).iter();
    values.map(|value| value.to_str().expect("text").to_owned()).collect()
}

async fn preflight(app: &TestApp, origin: &str, method: &str) -> HeaderMap {
    let request = app
        .anonymous()
        .request(Method::OPTIONS, "/discovery-service/x")
        .header("origin", origin)
        .header("access-control-request-method", method)
        .header("access-control-request-headers", "x-bb-clientid");
    let answer = send(request).await;
    assert_eq!((answer.code.as_u16(), answer.text.as_str()), (200, ""));
    assert!(!answer.headers.contains_key("x-bb-requestid"));
    assert!(!answer.headers.contains_key("x-robots-tag"));
    let vary = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];
    assert_eq!(values(&answer.headers, "vary"), vary);
    answer.headers
}

#[actix_web::test]
async fn preflights_are_answered_for_listed_origins_only() {
    let app = TestApp::start_with(ORIGINS).await;
    for origin in ["https://app.example.com", "https://a.b.brand.io"] {
        let headers = preflight(&app, origin, "POST").await;
        assert_eq!(values(&headers, "access-control-allow-origin"), [origin]);
        assert_eq!(values(&headers, "access-control-allow-methods"), ["POST"]);
        assert_eq!(values(&headers, "access-control-allow-headers"), ["x-bb-clientid"]);
        assert_eq!(values(&headers, "access-control-allow-credentials"), ["true"]);
        assert!(!headers.contains_key("access-control-expose-headers"));
    }
    for (origin, method) in [
        ("https://evil.test", "POST"),
        ("https://brand.io", "POST"),
        ("https://app.example.com", "TRACE"),
    ] {
        let headers = preflight(&app, origin, method).await;
        assert!(!headers.contains_key("access-control-allow-origin"), "{origin} {method}");
    }
}

#[actix_web::test]
async fn other_requests_run_and_only_listed_origins_may_read() {
    let app = TestApp::start_with(ORIGINS).await;
    for method in [Method::GET, Method::OPTIONS] {
        let request = app.anonymous().request(method, "/discovery-service/x");
        let answer = send(request.header("origin", "https://app.example.com")).await;
        assert_eq!(answer.code, 401);
        let origin = values(&answer.headers, "access-control-allow-origin");
        assert_eq!(origin, ["https://app.example.com"]);
        assert_eq!(values(&answer.headers, "vary"), ["Origin"]);
        let exposed = values(&answer.headers, "access-control-expose-headers").join(",");
        assert!(exposed.contains("x-bb-requestid"), "{exposed}");
    }
    let request = app.anonymous().request(Method::OPTIONS, "/discovery-service/x");
    let answer = send(request.header("origin", "https://evil.test")).await;
    assert!(!answer.headers.contains_key("access-control-allow-origin"));
    assert_eq!(values(&answer.headers, "vary"), ["Origin"]);
}
