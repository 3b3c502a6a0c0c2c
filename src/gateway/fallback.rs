//! Requests that match no route: 405 when only the method is wrong, else 404.

use actix_router::{Patterns, ResourceDef};
use actix_web::http::StatusCode;
use actix_web::http::header::{ALLOW, HeaderValue};
use actix_web::{HttpRequest, HttpResponse, web};
use utoipa::openapi::{OpenApi, PathItem};

use super::routes::service_prefix;
use crate::core::error::Code;
use crate::core::respond::status_only;

/// Every route of the modules with its methods, as the contract lists them.
pub struct RouteTable(Vec<(ResourceDef, Vec<&'static str>)>);

impl RouteTable {
    /// From the contract.
    pub fn new(contract: &OpenApi) -> Self {
        let routes = contract.paths.paths.iter();
        Self(routes.map(|(path, item)| (ResourceDef::new(patterns(path)), methods(item))).collect())
    }

    fn allowed_methods(&self, path: &str) -> Vec<&'static str> {
        let matching = self.0.iter().filter(|(route, _)| route.is_match(path));
        let mut allowed: Vec<_> = matching.flat_map(|(_, methods)| methods.clone()).collect();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.sort_unstable();
        allowed.dedup();
        allowed
    }
}

fn patterns(path: &str) -> Patterns {
    Patterns::Single(path.to_owned())
}

/// Methods that a path of the contract has.
pub fn methods(item: &PathItem) -> Vec<&'static str> {
    let present = [
        ("GET", item.get.is_some()),
        ("PUT", item.put.is_some()),
        ("POST", item.post.is_some()),
        ("DELETE", item.delete.is_some()),
        ("PATCH", item.patch.is_some()),
    ];
    present.into_iter().filter(|(_, is_there)| *is_there).map(|(method, _)| method).collect()
}

/// Default handler.
pub async fn unmatched(request: HttpRequest, routes: web::Data<RouteTable>) -> HttpResponse {
    if service_prefix(request.path()) == Some("social-profile-service") {
        return status_only(
            StatusCode::SERVICE_UNAVAILABLE,
            Code::Unavailable,
            "service unavailable",
        );
    }
    let allowed = routes.allowed_methods(request.path());
    if allowed.is_empty() {
        return status_only(StatusCode::NOT_FOUND, Code::NotFound, "not found");
    }
    let mut answer =
        status_only(StatusCode::METHOD_NOT_ALLOWED, Code::MethodNotAllowed, "method not allowed");
    if let Ok(allow) = HeaderValue::from_str(&allowed.join(", ")) {
        answer.headers_mut().insert(ALLOW, allow);
    }
    answer
}
