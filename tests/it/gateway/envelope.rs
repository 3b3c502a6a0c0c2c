//! Every error answer is one envelope.

use std::rc::Rc;

use actix_web::body::to_bytes;
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, try_call_service};
use actix_web::{App, HttpResponse, web};
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::gateway::{self, Gateway, Worker};
use coffee::modules::Modules;
use reqwest::Method;
use serde_json::json;

use crate::support::{TestApp, send, without_code};

fn envelope(message: &str) -> serde_json::Value {
    json!({"status": {"status": "ERROR", "message": message}})
}

#[actix_web::test]
async fn unknown_paths_are_404_outside_and_401_inside_a_service_for_strangers() {
    let app = TestApp::start().await;
    let outside = app.anonymous().get("/nowhere").await;
    assert_eq!((outside.code.as_u16(), outside.contract()), (404, envelope("not found")));
    let near = app.anonymous().get("/content-serviceX/api").await;
    assert_eq!(near.code, 404);
    let inside = app.anonymous().get("/content-service/nowhere").await;
    assert_eq!(inside.code, 401);
    let signed_in = app.partner(10, Plan::Saas).await;
    let inside = signed_in.get("/content-service/nowhere").await;
    assert_eq!((inside.code.as_u16(), inside.contract()), (404, envelope("not found")));
    for path in ["/content-service", "/content-service/", "/activity-service/nowhere"] {
        assert_eq!(signed_in.get(path).await.code, 404, "{path}");
    }
}

/// Bytes up to which glibc serves an allocation from a thread's own cache: what every request allocates
/// for its future must not be more.
const QUICK: usize = 1032;

async fn broken() -> HttpResponse {
    panic!("a defect outside of a unit of work")
}

#[actix_web::test]
async fn a_panic_outside_of_a_unit_of_work_is_500() {
    let origins = "[clickhouse]\nurl = \"\"\n[cors]\nallowed_origins = [\"https://app.test\"]";
    let app = TestApp::start_with(origins).await;
    let stores = Stores::open(app.config.clone()).await.expect("stores open");
    let modules = Modules::new(&stores.config).expect("modules");
    let gateway = Gateway::new(&stores, &modules).expect("builds");
    let worker = Worker::new(gateway);
    let layers =
        App::new().route("/broken", web::get().to(broken)).wrap(from_fn(move |request, next| {
            let answering = gateway::pipeline(Rc::clone(&worker), request, next);
            assert!(size_of_val(&*answering) <= QUICK, "{}", size_of_val(&*answering));
            answering
        }));
    let service = init_service(layers).await;
    let request = TestRequest::get().uri("/broken").insert_header(("origin", "https://app.test"));
    let request = request.to_request();
    let failure = try_call_service(&service, request).await.expect_err("no answer of its own");
    let answer = failure.error_response();
    assert_eq!(answer.status(), 500);
    assert!(answer.headers().contains_key("x-bb-requestid"));
    assert_eq!(
        answer.headers().get("access-control-allow-origin").expect("readable"),
        "https://app.test"
    );
    let body = to_bytes(answer.into_body()).await.expect("a body");
    let body: serde_json::Value = serde_json::from_slice(&body).expect("JSON");
    assert_eq!(without_code(body), envelope("Something Went Wrong"));
    assert_eq!(stores.metrics.panics.get(), 1);
    let counted = String::from_utf8(stores.metrics.render().expect("metrics")).expect("text");
    assert!(
        counted.contains(r#"chi_pattern_requests_total{code="500",method="GET",path="unmatched""#)
    );
}

#[actix_web::test]
async fn a_wrong_method_is_405() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let request = client.request(Method::DELETE, "/collection-group-service/api/group/1");
    let answer = send(request).await;
    assert_eq!((answer.code.as_u16(), answer.contract()), (405, envelope("method not allowed")));
    assert_eq!(answer.headers["allow"], "GET, HEAD, PUT");
}

#[actix_web::test]
async fn an_oversized_body_is_413() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let body = vec![b'x'; 2 * 1024 * 1024 + 1];
    let request = client.request(Method::POST, "/collection-group-service/api/group").body(body);
    let answer = send(request).await;
    assert_eq!(
        (answer.code.as_u16(), answer.contract()),
        (413, envelope("request body too large"))
    );
}

#[actix_web::test]
async fn the_proxied_service_is_503_without_an_upstream() {
    let app = TestApp::start().await;
    assert_eq!(app.anonymous().get("/social-profile-service/x").await.code, 401);
    let answer = app.partner(10, Plan::Saas).await.get("/social-profile-service/x").await;
    assert_eq!((answer.code.as_u16(), answer.contract()), (503, envelope("service unavailable")));
}

#[actix_web::test]
async fn documents_are_public() {
    let app = TestApp::start().await;
    let contract = app.anonymous().get("/openapi.json").await;
    assert_eq!(contract.json()["openapi"], "3.1.0");
    let page = app.anonymous().get("/docs").await;
    assert_eq!(page.code, 200);
    assert!(page.text.starts_with("<!doctype html"), "{}", page.text);
    for elsewhere in ["http://", "https://", "src=", "@import", "url("] {
        assert!(
            !page.text.contains(elsewhere),
            "the page needs nothing from elsewhere: {elsewhere}"
        );
    }
    let policy = page.headers["content-security-policy"].to_str().expect("text");
    assert!(policy.starts_with("default-src 'none'"), "{policy}");
}

#[actix_web::test]
async fn the_page_can_be_switched_off_and_is_off_in_production() {
    use coffee::core::config::{Env, Switch};
    let server = "host = \"127.0.0.1\"\nport = 0\nworkers = 1\ndrain_delay_secs = 0\n";
    let toml = format!("[clickhouse]\nurl = \"\"\n[server]\n{server}docs = \"off\"\n");
    let app = TestApp::start_with(&toml).await;
    let page = app.anonymous().get("/docs").await;
    assert_eq!((page.code.as_u16(), page.contract()), (404, envelope("not found")));
    assert_eq!(app.anonymous().get("/openapi.json").await.code, 200);
    assert!(!Switch::Auto.is_on(Env::Production) && Switch::On.is_on(Env::Production));
}
