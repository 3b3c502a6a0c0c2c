//! What a client says about itself, and what of it counts.

use std::cell::Cell;
use std::rc::Rc;

use actix_web::HttpMessage as _;
use actix_web::http::header::{HeaderMap, HeaderName, HeaderValue};
use actix_web::middleware::from_fn;
use actix_web::test::{TestRequest, init_service, read_body, try_call_service};
use actix_web::{App, HttpResponse, web};
use coffee::core::caller::Caller;
use coffee::core::stores::Stores;
use coffee::core::types::Plan;
use coffee::gateway::{self, Gateway, Worker};
use coffee::modules::Modules;
use proptest::prelude::*;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};

use crate::support::TestApp;

const ECHO: &str = "/discovery-service/echo";
/// Names that mean something to somebody.
const NAMES: [&str; 26] = [
    "authorization",
    "x-bb-clientid",
    "x-bb-clienttype",
    "x-bb-deviceid",
    "x-bb-partner-id",
    "x-bb-plan-type",
    "x-bb-account-id",
    "x-bb-client-authorization",
    "x-bb-requestid",
    "x-bb-uid",
    "x-bb-userid",
    "x-bb-user-id",
    "x-bb-user-rt",
    "x-bb-custom-deviceid",
    "x-bb-country",
    "x-forwarded-for",
    "x-real-ip",
    "forwarded",
    "accept-language",
    "x-apollo-operation-name",
    "idempotency-key",
    "cookie",
    "host",
    "partner-id",
    "x-request-id",
    "x-http-method-override",
];
const VALUES: [&str; 9] =
    ["", "99", "-1", "PAID", "hi", "te", "initDevice", "ERP", "Basic MTAxNH4xMDE0fjF+NTU6MTAxNA=="];

async fn echo(caller: Caller) -> HttpResponse {
    HttpResponse::Ok().json(json!({
        "identity": [caller.partner_id, caller.account_id, caller.user_id],
        "user": caller.user_name,
        "plan": caller.plan.name(),
        "request": caller.request_id.to_string(),
        "client": [caller.client_id, caller.client_type],
        "device": caller.device_id,
        "locale": caller.locale,
    }))
}

fn headers() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
    let name = prop_oneof![
        4 => prop::sample::select(NAMES.to_vec()).prop_map(str::to_owned),
        1 => "x-bb-[a-z-]{1,12}",
        1 => "[a-z][a-z0-9-]{0,20}",
    ];
    let value = prop_oneof![
        2 => prop::sample::select(VALUES.to_vec()).prop_map(|text| text.as_bytes().to_vec()),
        2 => "[ -~]{0,30}".prop_map(String::into_bytes),
        1 => prop::collection::vec(0x20_u8..=0xff, 0..20),
    ];
    prop::collection::vec((name, value), 0..12)
}

/// Text of the only header of that name, if it is one.
fn text<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers.get(name)?.to_str().ok().filter(|text| !text.is_empty())
}

#[test]
fn no_header_of_a_client_reaches_the_caller_but_client_device_and_locale() {
    let system = actix_web::rt::System::new();
    let (app, token, service) = system.block_on(async {
        let app = TestApp::start().await;
        let token = app.token(10, Plan::Saas).await;
        let stores = Stores::open(app.config.clone()).await.expect("stores open");
        let modules = Modules::new(&stores.config).expect("modules");
        let gateway = Gateway::new(&stores, &modules).expect("builds");
        // The gateway around a handler that shows the caller.
        let worker = Worker::new(gateway);
        let layers =
            App::new().route(ECHO, web::get().to(echo)).wrap(from_fn(move |request, next| {
                gateway::pipeline(Rc::clone(&worker), request, next)
            }));
        (app, token, init_service(layers).await)
    });
    let accepted = Cell::new(0);
    let mut runner = TestRunner::new(ProptestConfig { cases: 1000, ..ProptestConfig::default() });
    let outcome = runner.run(&headers(), |extra| {
        let mut request = TestRequest::get()
            .uri(ECHO)
            .peer_addr("192.0.2.1:1".parse().expect("an address"))
            .append_header(("authorization", format!("Bearer {token}")))
            .append_header(("x-bb-clientid", "front"));
        for (name, value) in &extra {
            let name = HeaderName::from_bytes(name.as_bytes()).expect("a name");
            let Ok(value) = HeaderValue::from_bytes(value) else { continue };
            request = request.append_header((name, value));
        }
        let request = request.to_request();
        let sent = request.headers().clone();
        let (code, id, body) = system.block_on(async {
            let answer = try_call_service(&service, request).await.expect("an answer");
            let id = text(answer.headers(), "x-bb-requestid").unwrap_or_default().to_owned();
            (answer.status().as_u16(), id, read_body(answer).await)
        });
        let single = ["authorization", "x-bb-clientid", "x-bb-clienttype", "x-bb-deviceid"];
        let ambiguous = single
            .iter()
            .chain(&["x-bb-partner-id", "x-bb-plan-type"])
            .any(|name| sent.get_all(*name).count() > 1);
        prop_assert_eq!(code, if ambiguous { 400 } else { 200 });
        if ambiguous {
            return Ok(());
        }
        accepted.set(accepted.get() + 1);
        let locales = ["en", "hi", "bn", "ta", "te"];
        let one_language = sent.get_all("accept-language").count() == 1;
        let locale = text(&sent, "accept-language").filter(|l| one_language && locales.contains(l));
        let expected = json!({
            "identity": [10, 101, 1001],
            "user": null,
            "plan": "SAAS",
            "request": id,
            "client": ["front", text(&sent, "x-bb-clienttype").unwrap_or("CUSTOMER")],
            "device": text(&sent, "x-bb-deviceid"),
            "locale": locale.unwrap_or("en"),
        });
        let mut seen: Value = serde_json::from_slice(&body).expect("JSON");
        seen["user"] = Value::Null;
        prop_assert_eq!(seen, expected);
        prop_assert!(
            sent.get_all("x-bb-requestid").all(|theirs| theirs.as_bytes() != id.as_bytes())
        );
        Ok(())
    });
    outcome.expect("holds for all headers");
    assert!(accepted.get() > 300, "only {} cases were let in", accepted.get());
    system.block_on(async move { drop((service, app)) });
}

#[actix_web::test]
async fn every_answer_names_the_request_and_forbids_indexing() {
    let app = TestApp::start().await;
    let client = app.partner(10, Plan::Saas).await;
    let mut ids = Vec::new();
    for path in ["/heartbeat/", "/openapi.json", "/nowhere", "/discovery-service/nowhere", ECHO] {
        let request = client.request(reqwest::Method::GET, path);
        let answer = crate::support::send(request.header("x-bb-requestid", "mine")).await;
        assert_eq!(answer.headers["x-robots-tag"], "noindex", "{path}");
        let values: Vec<_> = answer.headers.get_all("x-bb-requestid").iter().collect();
        assert_eq!(values.len(), 1, "{path}");
        let id = values[0].to_str().ok().and_then(|id| uuid::Uuid::parse_str(id).ok());
        let id = id.expect("a UUID");
        assert_eq!(id.get_version_num(), 4, "{path}");
        ids.push(id);
    }
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), 5, "every request has an id of its own");
}
