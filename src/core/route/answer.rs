//! The answer of a handler.

use std::marker::PhantomData;
use std::ops::Deref;

use actix_web::body::BoxBody;
use actix_web::{HttpRequest, HttpResponse, Responder};
use utoipa::ToSchema;

use super::describe::{Describe, Description};

/// The HTTP answer of a route whose bodies are of type `T`.
pub struct Answer<T>(HttpResponse, PhantomData<fn() -> T>);

impl<T> From<HttpResponse> for Answer<T> {
    fn from(answer: HttpResponse) -> Self {
        Self(answer, PhantomData)
    }
}

impl<T> From<Answer<T>> for HttpResponse {
    fn from(answer: Answer<T>) -> Self {
        answer.0
    }
}

impl<T> Deref for Answer<T> {
    type Target = HttpResponse;

    fn deref(&self) -> &HttpResponse {
        &self.0
    }
}

impl<T> Responder for Answer<T> {
    type Body = BoxBody;

    fn respond_to(self, _: &HttpRequest) -> HttpResponse {
        self.0
    }
}

impl<T: ToSchema> Describe for Answer<T> {
    fn describe(route: &mut Description) {
        route.answer::<T>();
    }
}
