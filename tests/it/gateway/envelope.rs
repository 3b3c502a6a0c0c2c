//! Every error answer is one envelope.

use coffee::core::types::Plan;
use reqwest::Method;
use serde_json::json;

use crate::support::{TestApp, send};

fn envelope(message: &str) -> serde_json::Value {
    json!({"status": {"status": "ERROR", "message": message}})
}

#[actix_web::test]
async fn unknown_paths_are_404_outside_and_401_inside_a_service_for_strangers() {
    let app = TestApp::start().await;
    let outside = app.anonymous().get("/nowhere").await;
    assert_eq!((outside.code.as_u16(), outside.json()), (404, envelope("not found")));
    let near = app.anonymous().get("/content-serviceX/api").await;
    assert_eq!(near.code, 404);
    let inside = app.anonymous().get("/content-service/nowhere").await;
    assert_eq!(inside.code, 401);
    let signed_in = app.partner(10, Plan::Saas).await;
    let inside = signed_in.get("/content-service/nowhere").await;
    assert_eq!((inside.code.as_u16(), inside.json()), (404, envelope("not found")));
    assert_eq!(signed_in.get("/activity-service/nowhere").await.code, 404);
}

#[actix_web::test]
async fn a_wrong_method_is_405() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let request = client.request(Method::DELETE, "/collection-group-service/api/group/1");
    let answer = send(request).await;
    assert_eq!((answer.code.as_u16(), answer.json()), (405, envelope("method not allowed")));
    assert_eq!(answer.headers["allow"], "GET, PUT");
}

#[actix_web::test]
async fn an_oversized_body_is_413() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let body = vec![b'x'; 2 * 1024 * 1024 + 1];
    let request = client.request(Method::POST, "/collection-group-service/api/group").body(body);
    let answer = send(request).await;
    assert_eq!((answer.code.as_u16(), answer.json()), (413, envelope("request body too large")));
}

#[actix_web::test]
async fn the_proxied_service_is_503_without_an_upstream() {
    let app = TestApp::start().await;
    assert_eq!(app.anonymous().get("/social-profile-service/x").await.code, 401);
    let answer = app.partner(10, Plan::Saas).await.get("/social-profile-service/x").await;
    assert_eq!((answer.code.as_u16(), answer.json()), (503, envelope("service unavailable")));
}

#[actix_web::test]
async fn documents_are_public() {
    let app = TestApp::start().await;
    let contract = app.anonymous().get("/openapi.json").await;
    assert_eq!(contract.json()["openapi"], "3.1.0");
    let page = app.anonymous().get("/docs").await;
    assert!(page.text.contains("<html") || page.text.contains("<!doctype html"), "{}", page.text);
}
