//! Requests that match no route: 503 when their module is off, 405 when only the method is wrong, else 404.

use actix_router::ResourceDef;
use actix_web::http::header::{ALLOW, HeaderValue, RETRY_AFTER};
use actix_web::http::{Method, StatusCode};
use actix_web::{HttpRequest, HttpResponse, web};

use super::Gateway;
use crate::core::error::Code;
use crate::core::module::{Module, Standing};
use crate::core::respond::status_only;

/// When to ask again for a module that is off, in seconds.
const RETRY_SECS: &str = "60";

/// Every route of the modules with its method.
pub struct RouteTable(Vec<(ResourceDef, Method)>);

impl RouteTable {
    /// Of the modules that are on.
    pub fn new(modules: &[Module]) -> Self {
        let routes = modules.iter().filter(|module| module.is_on()).flat_map(Module::all_routes);
        Self(routes.map(|(path, route)| (ResourceDef::new(path), route.method.clone())).collect())
    }

    fn allowed_methods(&self, path: &str) -> Vec<&str> {
        let matching = self.0.iter().filter(|(route, _)| route.is_match(path));
        let mut allowed: Vec<_> = matching.map(|(_, method)| method.as_str()).collect();
        if allowed.contains(&"GET") {
            allowed.push("HEAD");
        }
        allowed.sort_unstable();
        allowed.dedup();
        allowed
    }
}

/// Default handler.
pub async fn unmatched(
    request: HttpRequest,
    routes: web::Data<RouteTable>,
    gateway: web::Data<Gateway>,
) -> HttpResponse {
    let service = gateway.services.of(request.path());
    if service.is_some_and(|service| service.standing != Standing::On) {
        let status = StatusCode::SERVICE_UNAVAILABLE;
        let mut answer = status_only(status, Code::Unavailable, "service unavailable");
        answer.headers_mut().insert(RETRY_AFTER, HeaderValue::from_static(RETRY_SECS));
        return answer;
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
