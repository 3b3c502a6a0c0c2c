//! One exchange: send, wait for the headers, hand the answer over.

use std::pin::pin;
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::Payload;
use actix_web::http::{Method, header};
use actix_web::{HttpMessage, HttpRequest, HttpResponse, web};
use hyper::body::Incoming;
use hyper::{Request, Response};
use tokio::time::{Instant, timeout_at};

use super::Limits;
use super::answer::{Exchange, relay};
use super::body::{Length, Progress, RequestBody};
use super::failure::Failure;
use super::origin::Origin;
use super::outgoing::Outgoing;
use super::pool::{Connection, Pool};
use crate::core::caller::Admission;

/// An upstream as one worker uses it.
pub(super) struct Upstream {
    origin: Arc<Origin>,
    pool: Rc<Pool>,
    limits: Limits,
}

/// A request that got no answer, and whether it never left.
struct Unanswered {
    failure: Failure,
    unsent: Option<Request<RequestBody>>,
}

impl Upstream {
    pub(super) fn new(origin: Arc<Origin>, limits: Limits) -> Self {
        let pool = Rc::new(Pool::new(Arc::clone(&origin), limits.connect));
        Self { origin, pool, limits }
    }

    /// Handler of a proxied prefix.
    ///
    /// Cancel safe: a client that goes away closes the connection to the upstream.
    pub(super) async fn forward(
        self: Rc<Self>,
        request: HttpRequest,
        payload: web::Payload,
    ) -> HttpResponse {
        let outcome = self.exchange(&request, payload.into_inner()).await;
        let mut answer = outcome.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "request not proxied");
            failure.answer()
        });
        if request.head().upgrade() {
            answer.head_mut().set_connection_type(actix_web::http::ConnectionType::Close);
        }
        answer
    }

    async fn exchange(
        &self,
        request: &HttpRequest,
        payload: Payload,
    ) -> Result<HttpResponse, Failure> {
        let caller = request.extensions().get::<Admission>().map(|a| Arc::clone(&a.caller));
        let caller = caller.ok_or(Failure::Unauthorized)?;
        check(request)?;
        let length = Length::of(request.headers());
        if matches!(length, Length::Known(length) if length > self.limits.body) {
            return Err(Failure::TooLarge);
        }
        let progress = Progress::new();
        let body = RequestBody::new(payload, length, self.limits.body, &progress);
        let outgoing = || Outgoing::new(request, &caller, self.origin.authority());
        let first = outgoing()?;
        let repeatable = length == Length::None && first.is_idempotent();
        let mut message = first.message(body);
        if let Some(mut connection) = self.pool.take() {
            match self.send(&mut connection, message, &progress).await {
                Ok(response) => {
                    return Ok(self.answer(response, request, connection, progress).await);
                }
                Err(Unanswered { unsent: Some(unsent), .. }) => message = unsent,
                // The upstream closed the idle connection while the request was on its way.
                Err(Unanswered { failure: Failure::Broken(error), .. })
                    if repeatable && !error.is_parse() =>
                {
                    let body = RequestBody::new(Payload::None, length, 0, &progress);
                    message = outgoing()?.message(body);
                }
                Err(Unanswered { failure, .. }) => return Err(failure),
            }
        }
        let mut connection = self.pool.connect().await?;
        progress.touch();
        let sent = self.send(&mut connection, message, &progress).await;
        let response = sent.map_err(|unanswered| unanswered.failure)?;
        Ok(self.answer(response, request, connection, progress).await)
    }

    /// Sends the request and waits for the answer's headers; the clock starts anew with every byte of
    /// the request's body.
    async fn send(
        &self,
        connection: &mut Connection,
        message: Request<RequestBody>,
        progress: &Progress,
    ) -> Result<Response<Incoming>, Unanswered> {
        let mut response = pin!(connection.sender.try_send_request(message));
        loop {
            let deadline = progress.moved_at() + self.limits.headers;
            match timeout_at(deadline, &mut response).await {
                Ok(Ok(response)) => return Ok(response),
                Ok(Err(mut error)) => {
                    let unsent = error.take_message();
                    let broken = Failure::Broken(error.into_error());
                    let failure = progress.refusal().map_or(broken, Failure::from);
                    return Err(Unanswered { failure, unsent });
                }
                Err(_) if progress.moved_at() + self.limits.headers > Instant::now() => {}
                Err(_) => return Err(Unanswered { failure: Failure::TimedOut, unsent: None }),
            }
        }
    }

    async fn answer(
        &self,
        response: Response<Incoming>,
        request: &HttpRequest,
        connection: Connection,
        progress: Rc<Progress>,
    ) -> HttpResponse {
        let (pool, idle) = (Rc::clone(&self.pool), self.limits.idle);
        let exchange = Exchange { connection, pool, progress, idle };
        relay(response, request.method() == Method::HEAD, exchange).await
    }
}

/// What cannot be forwarded. `h2c` is an offer that a server may ignore, other upgrades are the point
/// of their request.
fn check(request: &HttpRequest) -> Result<(), Failure> {
    if request.method() == Method::CONNECT {
        return Err(Failure::Method);
    }
    let mut upgrades = request.headers().get_all(header::UPGRADE);
    if upgrades.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"h2c")) {
        return Err(Failure::Upgrade);
    }
    Ok(())
}
