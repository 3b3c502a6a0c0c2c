//! Routes of the operations listener: metrics, readiness and the heartbeat switch.

use actix_web::{HttpRequest, HttpResponse, get, put, web};

use super::{Gateway, public};
use crate::core::query::{QueryPairs, parse_bool};
use crate::core::stores::Stores;

#[get("/metrics")]
async fn metrics(stores: web::Data<Stores>) -> HttpResponse {
    match stores.metrics.render() {
        Ok(text) => HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text),
        Err(error) => {
            tracing::error!(%error, "metrics cannot be rendered");
            HttpResponse::InternalServerError().finish()
        }
    }
}

/// Whether the process can serve, and the state of each store.
#[get("/readyz")]
async fn readyz(stores: web::Data<Stores>) -> HttpResponse {
    let states = stores.check().await;
    let mut answer =
        if states.is_ready() { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(states)
}

#[get("/livez")]
async fn livez() -> HttpResponse {
    HttpResponse::Ok().finish()
}

#[put("/heartbeat/")]
async fn switch_heartbeat(gateway: web::Data<Gateway>, request: HttpRequest) -> HttpResponse {
    let query = QueryPairs::parse(request.query_string());
    match query.get("beat").and_then(parse_bool) {
        Some(on) => {
            gateway.heartbeat.set(on);
            HttpResponse::Ok().finish()
        }
        None => HttpResponse::BadRequest().finish(),
    }
}

/// Mounts the operations routes.
pub fn routes(config: &mut web::ServiceConfig) {
    config
        .service(metrics)
        .service(readyz)
        .service(livez)
        .service(web::scope("").service(public::heartbeat).service(switch_heartbeat));
}
