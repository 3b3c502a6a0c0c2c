//! Routes of the operations listener: metrics, readiness and the heartbeat switch.

use std::collections::BTreeMap;

use actix_web::{HttpRequest, HttpResponse, get, put, web};
use serde::Serialize;

use super::{Gateway, public};
use crate::core::health::Fault;
use crate::core::module::{Module, Need, Standing};
use crate::core::query::{QueryPairs, parse_bool};
use crate::core::stores::{StoreState, StoreStates, Stores};

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

/// Whether the process can serve, the state of each store, and what does not work meanwhile.
#[derive(Serialize)]
struct Readiness {
    ready: bool,
    #[serde(flatten)]
    stores: StoreStates,
    degraded: Vec<Fault>,
    /// By name: `on`, `off`, or the store that a module waits for.
    modules: BTreeMap<&'static str, &'static str>,
}

/// 200 while requests can be served, else 503.
#[get("/readyz")]
async fn readyz(stores: web::Data<Stores>, gateway: web::Data<Gateway>) -> HttpResponse {
    let states = stores.check().await;
    let ready = states.is_ready();
    let here = gateway.modules.iter().filter(|module| module.standing != Standing::Elsewhere);
    let modules = here.map(|module| (module.name, standing(module, &states))).collect();
    let mut answer = if ready { HttpResponse::Ok() } else { HttpResponse::ServiceUnavailable() };
    answer.json(Readiness { ready, stores: states, degraded: stores.health.list(), modules })
}

fn standing(module: &Module, states: &StoreStates) -> &'static str {
    let is_away = |need: &Need| match need {
        Need::ClickHouse => states.clickhouse != StoreState::Up,
    };
    match module.standing {
        Standing::On if module.needs.iter().any(is_away) => "waits for clickhouse",
        Standing::On => "on",
        Standing::Off | Standing::Elsewhere => "off",
    }
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
