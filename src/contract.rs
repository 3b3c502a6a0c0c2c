//! The HTTP contract, generated from the code.

use actix_web::App;
use utoipa::openapi::path::Operation;
use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{ContentBuilder, OpenApi, Ref, RefOr, Response, ResponseBuilder};
use utoipa::{OpenApi as _, PartialSchema as _, ToSchema as _};
use utoipa_actix_web::AppExt as _;

use crate::core::respond::StatusOnly;
use crate::modules::Modules;

#[derive(utoipa::OpenApi)]
#[openapi(info(
    title = "coffee",
    description = "Find influencers, watch them grow, collect them into campaigns and measure the \
                   result. Every answer is HTTP 200 with `status` and a payload unless a response \
                   below says otherwise; a refusal or failure carries `code` for programs beside the \
                   text for people, and `field` where one part of the request is to blame. Every request needs `x-bb-clientid` and, but for signing in and \
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
    add_refusals(&mut contract);
    contract
}

/// What any route may answer besides its own: refusals without payload in HTTP 200, and the gateway's.
fn add_refusals(contract: &mut OpenApi) {
    let mut schemas = vec![(StatusOnly::name().into_owned(), StatusOnly::schema())];
    StatusOnly::schemas(&mut schemas);
    contract.components.get_or_insert_default().schemas.extend(schemas);
    for item in contract.paths.paths.values_mut() {
        let operations =
            [&mut item.get, &mut item.put, &mut item.post, &mut item.delete, &mut item.patch];
        operations.into_iter().flatten().for_each(add_refusals_of);
    }
}

fn add_refusals_of(operation: &mut Operation) {
    let refusal = || RefOr::Ref(Ref::from_schema_name(StatusOnly::name()));
    let answers = &mut operation.responses.responses;
    if let Some(RefOr::T(Response { content, .. })) = answers.get_mut("200") {
        for content in content.values_mut() {
            if let RefOr::T(content) = content
                && let Some(own) = content.schema.take()
            {
                content.schema = Some(AnyOfBuilder::new().item(own).item(refusal()).into());
            }
        }
    }
    let has_body = operation.request_body.is_some();
    for (status, description, is_possible) in [
        ("400", "The request is malformed", true),
        ("401", "No valid session", operation.security.is_some()),
        ("408", "The body was not complete in time", has_body),
        ("413", "The body is too large", has_body),
        ("429", "A rate limit is used up; `Retry-After` says for how long", true),
        ("500", "The gateway failed", true),
        ("503", "The session cannot be checked now, or the server is overloaded", true),
        ("504", "The deadline passed; nothing was changed", true),
    ] {
        if is_possible && !answers.contains_key(status) {
            let content = ContentBuilder::new().schema(Some(refusal())).build();
            let answer = ResponseBuilder::new()
                .description(description)
                .content("application/json", content)
                .build();
            answers.insert(status.to_owned(), answer.into());
        }
    }
}
