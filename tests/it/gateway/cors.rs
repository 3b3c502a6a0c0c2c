//! Browsers' origins.

use reqwest::Method;
use reqwest::header::HeaderMap;

use crate::support::{Client, TestApp, send};

const CONFIG: &str = "[clickhouse]\nurl = \"\"\n[cors]\nallowed_origins = \
                      [\"https://app.example.com\", \"https://*.brand.io\"]";
const LISTED: &str = "https://app.example.com";
const METHODS: [&str; 7] = ["HEAD", "GET", "POST", "OPTIONS", "PUT", "PATCH", "DELETE"];
const EXPOSED: &str =
    "x-bb-requestid, RateLimit-Limit, RateLimit-Remaining, RateLimit-Reset, Retry-After";

type Headers = Vec<(String, String)>;

fn sorted<'a>(headers: impl IntoIterator<Item = (&'a str, &'a str)>) -> Headers {
    let owned = headers.into_iter().map(|(name, value)| (name.to_owned(), value.to_owned()));
    let mut headers: Headers = owned.collect();
    headers.sort_unstable();
    headers
}

/// Headers of an answer for which `wanted` says yes.
fn chosen(headers: &HeaderMap, wanted: impl Fn(&str) -> bool) -> Headers {
    let text = headers.iter().map(|(name, value)| (name.as_str(), value.to_str().expect("text")));
    sorted(text.filter(|(name, _)| wanted(name)))
}

/// Headers of the answer to a preflight, without the two that every answer over HTTP has.
async fn preflight(client: &Client, origin: &str, method: &str, headers: &str) -> Headers {
    let mut request = client
        .request(Method::OPTIONS, "/discovery-service/x")
        .header("origin", origin)
        .header("access-control-request-method", method);
    if !headers.is_empty() {
        request = request.header("access-control-request-headers", headers);
    }
    let answer = send(request).await;
    assert_eq!((answer.code.as_u16(), answer.text.as_str()), (200, ""), "{origin} {method}");
    chosen(&answer.headers, |name| !matches!(name, "content-length" | "date"))
}

/// What every answer to a preflight has, and `more`.
fn vary_and(more: &[(&str, &str)]) -> Headers {
    let vary = ["Origin", "Access-Control-Request-Method", "Access-Control-Request-Headers"];
    sorted(vary.map(|name| ("vary", name)).into_iter().chain(more.iter().copied()))
}

#[actix_web::test]
async fn preflights_of_listed_origins_are_answered_with_these_headers_and_no_others() {
    let app = TestApp::start_with(CONFIG).await;
    let browser = app.anonymous();
    for origin in [LISTED, "https://a.b.brand.io", "HTTPS://APP.EXAMPLE.COM"] {
        let allowed = [
            ("access-control-allow-origin", origin),
            ("access-control-allow-methods", "POST"),
            ("access-control-allow-credentials", "true"),
            ("access-control-max-age", "7200"),
        ];
        assert_eq!(preflight(&browser, origin, "POST", "").await, vary_and(&allowed));
        let headers = [&allowed[..], &[("access-control-allow-headers", "x-bb-clientid, x-any")]];
        let with_headers = preflight(&browser, origin, "POST", "x-bb-clientid, x-any").await;
        assert_eq!(with_headers, vary_and(&headers.concat()));
    }
}

#[actix_web::test]
async fn preflights_of_other_origins_and_methods_learn_nothing() {
    let app = TestApp::start_with(CONFIG).await;
    let browser = app.anonymous();
    for (origin, method) in [
        ("https://evil.test", "POST"),
        ("https://brand.io", "POST"),
        ("http://app.example.com", "POST"),
        ("null", "POST"),
        (LISTED, "TRACE"),
        (LISTED, "CONNECT"),
        (LISTED, "PROPFIND"),
    ] {
        let answer = preflight(&browser, origin, method, "x-bb-clientid").await;
        assert_eq!(answer, vary_and(&[]), "{origin} {method}");
    }
}

#[actix_web::test]
async fn preflights_for_each_method_of_the_services_are_allowed() {
    let app = TestApp::start_with(CONFIG).await;
    let browser = app.anonymous();
    for method in METHODS {
        let answer = preflight(&browser, LISTED, method, "").await;
        let allowed = ("access-control-allow-methods".to_owned(), method.to_owned());
        assert!(answer.contains(&allowed), "{method}: {answer:?}");
    }
}

#[actix_web::test]
async fn other_requests_run_and_only_listed_origins_may_read() {
    let app = TestApp::start_with(CONFIG).await;
    let browser = app.anonymous();
    let asked = async |method: Method, origin: Option<&str>| {
        let mut request = browser.request(method, "/discovery-service/x");
        if let Some(origin) = origin {
            request = request.header("origin", origin);
        }
        let answer = send(request).await;
        assert_eq!(answer.code, 401, "the gateway goes on to authentication");
        chosen(&answer.headers, |name| name == "vary" || name.starts_with("access-control-"))
    };
    for method in [Method::GET, Method::POST, Method::OPTIONS] {
        for origin in [LISTED, "https://a.brand.io", "HTTPS://APP.EXAMPLE.COM"] {
            let readable = [
                ("access-control-allow-origin", origin),
                ("access-control-allow-credentials", "true"),
                ("access-control-expose-headers", EXPOSED),
                ("vary", "Origin"),
            ];
            assert_eq!(asked(method.clone(), Some(origin)).await, sorted(readable), "{method}");
        }
        for other in [Some("https://evil.test"), None] {
            let answer = asked(method.clone(), other).await;
            assert_eq!(answer, sorted([("vary", "Origin")]), "{method} {other:?}");
        }
    }
}
