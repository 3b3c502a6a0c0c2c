//! Routes of the public listener that belong to no module and need no session.

use actix_web::http::header::CONTENT_SECURITY_POLICY;
use actix_web::{HttpRequest, HttpResponse, get, web};
use utoipa::openapi::OpenApi;

use super::Gateway;
use super::fallback::{RouteTable, unmatched};
use super::keep_body::KeepBody;
use crate::core::stores::Stores;

/// The contract for people; part of the binary, so that it needs nothing from elsewhere.
const PAGE: &str = include_str!("docs.html");
/// The page's own script and style, and the contract; nothing else is loaded or sent.
const POLICY: &str = "default-src 'none'; script-src 'unsafe-inline'; style-src 'unsafe-inline'; \
                      connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/// The contract, generated from the code.
pub struct Contract(pub OpenApi);

/// Whether a load balancer should send requests to this replica: 200 or 410, both empty.
#[get("/heartbeat/")]
pub(super) async fn heartbeat(gateway: web::Data<Gateway>) -> HttpResponse {
    let mut answer =
        if gateway.heartbeat.is_on() { HttpResponse::Ok() } else { HttpResponse::Gone() };
    let mut answer = answer.finish();
    answer.extensions_mut().insert(KeepBody);
    answer
}

#[get("/openapi.json")]
async fn openapi(contract: web::Data<Contract>) -> HttpResponse {
    HttpResponse::Ok().json(&contract.0)
}

#[get("/docs")]
async fn docs(
    stores: web::Data<Stores>,
    (routes, gateway): (web::Data<RouteTable>, web::Data<Gateway>),
    request: HttpRequest,
) -> HttpResponse {
    if !stores.config.server.docs.is_on(stores.config.env) {
        return unmatched(request, routes, gateway).await;
    }
    let mut answer = HttpResponse::Ok();
    answer.insert_header((CONTENT_SECURITY_POLICY, POLICY));
    answer.content_type("text/html; charset=utf-8").body(PAGE)
}

/// Mounts `/heartbeat/`, `/openapi.json` and `/docs`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(heartbeat).service(openapi).service(docs);
}
