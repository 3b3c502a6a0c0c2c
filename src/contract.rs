//! The HTTP contract, generated from the code.

use actix_web::App;
use utoipa::OpenApi as _;
use utoipa::openapi::OpenApi;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa_actix_web::AppExt as _;

use crate::modules::Modules;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "coffee",
    description = "Find influencers, watch them grow, collect them into campaigns and measure the \
                   result. Every answer is HTTP 200 with `status` and a payload unless a response \
                   below says otherwise. Every request needs `x-bb-clientid` and, but for signing in and \
                   refreshing, `Authorization: Bearer <token>`; its answer tells by `RateLimit-Limit`, \
                   `RateLimit-Remaining` and `RateLimit-Reset` (seconds) how much of the tightest rate \
                   limit is left. Beyond it the answer is 429 with `Retry-After` (seconds).",
))]
struct Document;

/// The contract of all modules.
pub fn of(modules: &Modules) -> OpenApi {
    let modules = modules.clone();
    let (_, mut contract) = App::new()
        .into_utoipa_app()
        .openapi(Document::openapi())
        .configure(|config| modules.configure(config))
        .split_for_parts();
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    contract.components.get_or_insert_default().add_security_scheme("bearer", bearer);
    contract
}
