//! The HTTP contract, generated from the routes of the modules.

mod numbers;

use actix_web::http::Method;
use utoipa::openapi::path::{Operation, ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::{AnyOfBuilder, ObjectBuilder, Type};
use utoipa::openapi::security::{Http, HttpAuthScheme, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, HttpMethod, OpenApi, PathItem, Ref, RefOr, Required, Response, ResponseBuilder,
};
use utoipa::{OpenApi as _, PartialSchema as _, ToSchema as _};

use crate::core::envelope::StatusOnly;
use crate::core::module::Module;
use crate::core::route::Route;

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

/// The contract of the modules, also of those that are off.
pub fn of(modules: &[Module]) -> OpenApi {
    let mut contract = Document::openapi();
    let mut schemas = vec![(StatusOnly::name().into_owned(), StatusOnly::schema())];
    StatusOnly::schemas(&mut schemas);
    for module in modules {
        for (path, route) in module.all_routes() {
            let mut operation = route.operation().clone();
            operation.tags = Some(vec![module.name.to_owned()]);
            add_client(&mut operation);
            add_refusals(&mut operation);
            let item = PathItem::new(method(route), operation);
            match contract.paths.paths.get_mut(&path) {
                Some(others) => others.merge_operations(item),
                None => drop(contract.paths.paths.insert(path, item)),
            }
            schemas.extend_from_slice(route.schemas());
        }
    }
    let components = contract.components.get_or_insert_default();
    components.schemas.extend(schemas);
    let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
    components.add_security_scheme("bearer", bearer);
    numbers::bound(&mut contract);
    contract
}

fn method(route: &Route) -> HttpMethod {
    match route.method {
        Method::POST => HttpMethod::Post,
        Method::PUT => HttpMethod::Put,
        Method::PATCH => HttpMethod::Patch,
        Method::DELETE => HttpMethod::Delete,
        _ => HttpMethod::Get,
    }
}

/// The header without which nobody is let in.
fn add_client(operation: &mut Operation) {
    let client = ParameterBuilder::new()
        .name("x-bb-clientid")
        .parameter_in(ParameterIn::Header)
        .required(Required::True)
        .description(Some("Name of the front end or program that asks"))
        .schema(Some(ObjectBuilder::new().schema_type(Type::String).build()));
    operation.parameters.get_or_insert_default().push(client.build().into());
}

/// What any route may answer besides its own: refusals without payload in HTTP 200, and the gateway's.
fn add_refusals(operation: &mut Operation) {
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
