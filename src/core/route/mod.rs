//! Routes as values: a handler, and what the contract says of it. The types in a handler's signature say who
//! may call and what the route reads and answers ([`Describe`]), so that code and contract are one.

mod answer;
mod class;
mod describe;
mod extract;

use std::any::type_name;
use std::sync::Arc;

use actix_web::http::Method;
use actix_web::{FromRequest, Handler, Resource, Responder, guard, web};
use utoipa::openapi::path::Operation;
use utoipa::openapi::{RefOr, Schema};

pub use answer::Answer;
pub use class::RouteClass;
pub use describe::{Describe, Description};
pub use extract::{
    Input, Inputs, List, ListFields, NoFields, Query, QueryIn, RecordId, SecretInput,
};

/// Texts about the parameters of paths, by name.
pub type PathTexts = &'static [(&'static str, &'static str)];

/// One route of a module.
pub struct Route {
    /// Method.
    pub method: Method,
    /// Template of its path, behind the one of its [`Routes`].
    path: &'static str,
    class: Option<RouteClass>,
    description: Description,
    mount: Box<dyn Fn() -> Resource + Send + Sync>,
}

/// A route that reads.
pub fn get<H, Args>(path: &'static str, handler: H) -> Route
where
    H: Handler<Args, Output: Responder + Describe> + Send + Sync,
    Args: FromRequest + Describe + 'static,
{
    Route::new(Method::GET, path, handler)
}

/// A route that creates, or lists by the filters in its body.
pub fn post<H, Args>(path: &'static str, handler: H) -> Route
where
    H: Handler<Args, Output: Responder + Describe> + Send + Sync,
    Args: FromRequest + Describe + 'static,
{
    Route::new(Method::POST, path, handler)
}

/// A route that changes.
pub fn put<H, Args>(path: &'static str, handler: H) -> Route
where
    H: Handler<Args, Output: Responder + Describe> + Send + Sync,
    Args: FromRequest + Describe + 'static,
{
    Route::new(Method::PUT, path, handler)
}

/// A route that removes.
pub fn delete<H, Args>(path: &'static str, handler: H) -> Route
where
    H: Handler<Args, Output: Responder + Describe> + Send + Sync,
    Args: FromRequest + Describe + 'static,
{
    Route::new(Method::DELETE, path, handler)
}

impl Route {
    fn new<H, Args>(method: Method, path: &'static str, handler: H) -> Self
    where
        H: Handler<Args, Output: Responder + Describe> + Send + Sync,
        Args: FromRequest + Describe + 'static,
    {
        let mut description = Description::default();
        Args::describe(&mut description);
        H::Output::describe(&mut description);
        description.path(path);
        let name = type_name::<H>().rsplit("::").next().unwrap_or_default();
        description.operation.operation_id = Some(name.to_owned());
        let guarded = method.clone();
        let mount = move || {
            let resource = web::resource(path).guard(guard::Method(guarded.clone()));
            resource.to(handler.clone())
        };
        Self { method, path, class: None, description, mount: Box::new(mount) }
    }

    /// What the route does, in one line.
    pub fn about(mut self, text: &'static str) -> Self {
        self.description.operation.summary = Some(text.to_owned());
        self
    }

    /// What else a caller should know.
    pub fn more(mut self, text: &'static str) -> Self {
        self.description.operation.description = Some(text.to_owned());
        self
    }

    /// What the answer is.
    pub fn answers(mut self, text: &str) -> Self {
        let answers = &mut self.description.operation.responses.responses;
        if let Some(RefOr::T(answer)) = answers.get_mut("200") {
            text.clone_into(&mut answer.description);
        }
        self
    }

    /// Counts for the rate limit of this class. Without it a route that lists counts as a search, any other
    /// by its method.
    pub fn class(mut self, class: RouteClass) -> Self {
        self.class = Some(class);
        self
    }

    /// Rate limit that its requests count for.
    pub fn limited_as(&self) -> RouteClass {
        let by_type = || match self.description.is_list {
            true => RouteClass::Search,
            false => RouteClass::of_method(self.method.as_str()),
        };
        self.class.unwrap_or_else(by_type)
    }

    /// Whether its callers have no session yet.
    pub fn is_open(&self) -> bool {
        self.description.is_open
    }

    /// Its description in the contract.
    pub fn operation(&self) -> &Operation {
        &self.description.operation
    }

    /// The types that its description names.
    pub fn schemas(&self) -> &[(String, RefOr<Schema>)] {
        &self.description.schemas
    }
}

/// The routes under one path of a module, with the services that their handlers ask for.
pub struct Routes {
    under: &'static str,
    routes: Vec<Route>,
    services: Vec<Arc<dyn Fn(actix_web::Scope) -> actix_web::Scope + Send + Sync>>,
}

impl Routes {
    /// Routes under this path, which follows the module's prefix. Those with literal segments come before
    /// those with parameters in the same place.
    pub fn under<const N: usize>(path: &'static str, routes: [Route; N]) -> Self {
        Self { under: path, routes: routes.into(), services: Vec::new() }
    }

    /// With a service for handlers.
    pub fn with<T: Send + Sync + 'static>(mut self, service: &Arc<T>) -> Self {
        let service = web::Data::from(Arc::clone(service));
        self.services.push(Arc::new(move |scope| scope.app_data(service.clone())));
        self
    }

    /// Texts about the parameters of the paths, by name.
    pub fn params(mut self, texts: PathTexts) -> Self {
        self.routes.iter_mut().for_each(|route| route.description.path_texts(texts));
        self
    }

    /// The routes with the templates of their whole paths.
    pub fn all(&self, prefix: &str) -> impl Iterator<Item = (String, &Route)> + use<'_> {
        let under = format!("/{prefix}{}", self.under);
        self.routes.iter().map(move |route| (format!("{under}{}", route.path), route))
    }

    /// Has the application serve them.
    pub fn mount(&self, prefix: &str, config: &mut web::ServiceConfig) {
        let scope = web::scope(&format!("/{prefix}{}", self.under));
        let scope = self.services.iter().fold(scope, |scope, service| service(scope));
        let scope = self.routes.iter().fold(scope, |scope, route| scope.service((route.mount)()));
        config.service(scope);
    }
}
