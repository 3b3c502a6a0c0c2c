//! Handler arguments that say what a route reads. They are read where the work runs ([`super::super::work`]):
//! after the caller was admitted, and with the route's own answer to what cannot be read.

use std::future::{Ready, ready};
use std::marker::PhantomData;

use actix_web::dev::Payload;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::FutureExt as _;
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use utoipa::{IntoParams, ToSchema};

use super::describe::{Describe, Description};
use crate::core::body::{Body, SecretBody};
use crate::core::error::{Code, Error};
use crate::core::json::{json_body, json_list};
use crate::core::query::{Field, ListIn, QueryPairs};

type Reading<T> = LocalBoxFuture<'static, Result<T, actix_web::Error>>;

/// Handler argument: the integer key of a row, the one parameter of the path.
pub struct RecordId(String);

impl RecordId {
    /// The key; 0 and negative numbers name nothing.
    ///
    /// # Errors
    /// `invalid Record Id - <text>`.
    pub fn read(&self) -> Result<i64, Error> {
        Self::parse(&self.0)
    }

    /// The same of a path with more parameters.
    ///
    /// # Errors
    /// As [`RecordId::read`].
    pub fn parse(text: &str) -> Result<i64, Error> {
        let invalid = || Error::invalid_value("id", format!("invalid Record Id - {text}"));
        text.parse().ok().filter(|id| *id > 0).ok_or_else(invalid)
    }
}

impl FromRequest for RecordId {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let path = web::Path::<String>::from_request(request, payload).into_inner();
        ready(path.map(|text| Self(text.into_inner())))
    }
}

/// Its name is in the route's template.
impl Describe for RecordId {
    fn describe(_: &mut Description) {}
}

/// Handler argument: the JSON object in the body.
pub struct Input<T>(Body, PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Input<T> {
    /// The object; `None` for an empty body and `null`.
    ///
    /// # Errors
    /// Not the documented JSON; the text is the parser's.
    pub fn read(&self) -> Result<Option<T>, Error> {
        json_body(&self.0)
    }

    /// The object of a route that cannot do without.
    ///
    /// # Errors
    /// As [`Input::read`]; `no object in the body`.
    pub fn object(&self) -> Result<T, Error> {
        self.required("no object in the body")
    }

    /// The same with a module's own refusal.
    ///
    /// # Errors
    /// As [`Input::read`]; `refusal` for none.
    pub fn required(&self, refusal: &'static str) -> Result<T, Error> {
        self.read()?.ok_or_else(|| Error::refused(Code::InvalidBody, refusal))
    }
}

impl<T> FromRequest for Input<T> {
    type Error = actix_web::Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        body.map(|body| Ok(Self(body?, PhantomData))).boxed_local()
    }
}

impl<T: ToSchema> Describe for Input<T> {
    fn describe(route: &mut Description) {
        route.body::<T>();
    }
}

/// Handler argument: the JSON list of objects in the body.
pub struct Inputs<T>(Body, PhantomData<fn() -> T>);

impl<T: DeserializeOwned> Inputs<T> {
    /// The objects; none for an empty body and `null`.
    ///
    /// # Errors
    /// Not the documented JSON; the text is the parser's.
    pub fn read(&self) -> Result<Vec<T>, Error> {
        json_list(&self.0)
    }
}

impl<T> FromRequest for Inputs<T> {
    type Error = actix_web::Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = Body::from_request(request, payload);
        body.map(|body| Ok(Self(body?, PhantomData))).boxed_local()
    }
}

impl<T: ToSchema> Describe for Inputs<T> {
    fn describe(route: &mut Description) {
        route.list_body::<T>();
    }
}

/// Handler argument: a body that holds secrets, so that no log gets it. The module reads it itself, because
/// a parser's text could repeat a secret.
pub struct SecretInput<T>(SecretBody, PhantomData<fn() -> T>);

impl<T> SecretInput<T> {
    /// The body.
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }
}

impl<T> FromRequest for SecretInput<T> {
    type Error = actix_web::Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let body = SecretBody::from_request(request, payload);
        body.map(|body| Ok(Self(body?, PhantomData))).boxed_local()
    }
}

impl<T: ToSchema> Describe for SecretInput<T> {
    fn describe(route: &mut Description) {
        route.body::<T>();
    }
}

/// Fields that a list can be filtered and sorted by.
pub trait ListFields {
    /// The allow-list.
    const FIELDS: &'static [Field];
}

/// A list of which the contract names no fields one by one.
pub struct NoFields;

impl ListFields for NoFields {
    const FIELDS: &'static [Field] = &[];
}

/// Handler argument: paging, order and filters over the fields of `F`.
pub struct List<F> {
    path: String,
    query: String,
    body: Body,
    fields: PhantomData<fn() -> F>,
}

impl<F> List<F> {
    /// The list that is asked for, not yet checked against the fields.
    ///
    /// # Errors
    /// As [`ListIn::parse`].
    pub fn read(&self) -> Result<ListIn, Error> {
        ListIn::parse(&self.path, &QueryPairs::parse(&self.query), &self.body)
    }

    /// The same for a route that cannot do without a body.
    ///
    /// # Errors
    /// As [`ListIn::parse`]; `refusal` for an empty body.
    pub fn required(&self, refusal: &'static str) -> Result<ListIn, Error> {
        match self.body.trim_ascii().is_empty() {
            true => Err(Error::refused(Code::InvalidBody, refusal)),
            false => self.read(),
        }
    }
}

impl<F> FromRequest for List<F> {
    type Error = actix_web::Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (path, query) = (request.path().to_owned(), request.query_string().to_owned());
        let body = Body::from_request(request, payload);
        body.map(|body| Ok(Self { path, query, body: body?, fields: PhantomData })).boxed_local()
    }
}

impl<F: ListFields> Describe for List<F> {
    fn describe(route: &mut Description) {
        route.list(F::FIELDS);
    }
}

/// Parameters of a query string, each of which has a meaning whatever its text is.
pub trait QueryIn: IntoParams {
    /// Reads them; the first one of a name counts.
    fn read(query: &QueryPairs) -> Self;
}

/// Handler argument: parameters of the query string.
pub struct Query<T>(pub T);

impl<T: QueryIn> FromRequest for Query<T> {
    type Error = actix_web::Error;
    type Future = Ready<Result<Self, Self::Error>>;

    fn from_request(request: &HttpRequest, _: &mut Payload) -> Self::Future {
        ready(Ok(Self(T::read(&QueryPairs::parse(request.query_string())))))
    }
}

impl<T: QueryIn> Describe for Query<T> {
    fn describe(route: &mut Description) {
        route.params::<T>();
    }
}
