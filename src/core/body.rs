//! Bodies of requests: read completely, within a size and a time.

use std::any::Any;
use std::ops::Deref;
use std::pin::Pin;
use std::task::{Context, Poll};
use std::time::{Duration, Instant};

use actix_web::body::{BodySize, BoxBody, MessageBody};
use actix_web::dev::Payload;
use actix_web::error::InternalError;
use actix_web::http::StatusCode;
use actix_web::{FromRequest, HttpMessage, HttpRequest, HttpResponse, web};
use bytes::Bytes;
use futures_util::future::LocalBoxFuture;

use super::caller::Admission;
use super::error::Code;
use super::respond::status_only;
use super::stores::Stores;

/// Handler argument: the request's body. At most `server.body_limit_bytes`, else 413; complete within
/// `server.timeout_secs` of the request's arrival, else 408. Stays with the request, so that a slow
/// one can be logged with what was asked.
#[derive(Debug, Clone)]
pub struct Body(Bytes);

/// Handler argument: a [`Body`] that holds secrets, so that no log gets it.
#[derive(Debug)]
pub struct SecretBody(Bytes);

impl Deref for Body {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

impl Deref for SecretBody {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.0
    }
}

type Reading<T> = LocalBoxFuture<'static, Result<T, actix_web::Error>>;

impl FromRequest for Body {
    type Error = actix_web::Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, reading) = (request.clone(), read(request, payload));
        Box::pin(async move {
            let body = Self(reading.await?);
            request.extensions_mut().insert(body.clone());
            Ok(body)
        })
    }
}

impl FromRequest for SecretBody {
    type Error = actix_web::Error;
    type Future = Reading<Self>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let reading = read(request, payload);
        Box::pin(async move { reading.await.map(Self) })
    }
}

fn read(request: &HttpRequest, payload: &mut Payload) -> Reading<Bytes> {
    let reading = Bytes::from_request(request, payload);
    let arrived_at = request.extensions().get::<Admission>().map(|known| known.arrived_at);
    let stores = request.app_data::<web::Data<Stores>>();
    let limit = stores.map_or(0, |stores| stores.config.server.timeout_secs);
    let deadline = arrived_at.unwrap_or_else(Instant::now) + Duration::from_secs(limit);
    Box::pin(async move {
        let mut reading = Box::pin(reading);
        if let Ok(body) = tokio::time::timeout_at(deadline.into(), &mut reading).await {
            return body;
        }
        let answer = status_only(StatusCode::REQUEST_TIMEOUT, Code::Timeout, "request timed out");
        Err(InternalError::from_response("incomplete body", abandoned(answer, reading)).into())
    })
}

/// An answer to a request whose body nobody reads to its end; `rest` is what would read it. The connection
/// ends with the answer: of a body that was dropped the server would take every chunk, however long they
/// are in coming.
pub fn abandoned(answer: HttpResponse, rest: impl Any) -> HttpResponse {
    let rest = Box::new(rest);
    answer.map_body(|_, body| Abandoned { body, _rest: rest }.boxed())
}

struct Abandoned {
    body: BoxBody,
    _rest: Box<dyn Any>,
}

impl MessageBody for Abandoned {
    type Error = <BoxBody as MessageBody>::Error;

    fn size(&self) -> BodySize {
        self.body.size()
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        Pin::new(&mut self.body).poll_next(cx)
    }
}
