//! Routes of the public listener that belong to no module and need no session.

use actix_web::{HttpResponse, get, web};
use utoipa::openapi::OpenApi;
use utoipa_scalar::Scalar;

use super::Gateway;
use super::recover::KeepBody;

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
async fn docs(contract: web::Data<Contract>) -> HttpResponse {
    let page = Scalar::new(contract.0.clone()).to_html();
    HttpResponse::Ok().content_type("text/html; charset=utf-8").body(page)
}

/// Mounts `/heartbeat/`, `/openapi.json` and `/docs`.
pub fn routes(config: &mut web::ServiceConfig) {
    config.service(heartbeat).service(openapi).service(docs);
}
