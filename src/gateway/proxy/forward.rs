//! One exchange: send, wait for the headers, hand the answer over.

use std::net::IpAddr;
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::sync::Arc;

use actix_web::dev::{Payload, ServiceRequest, ServiceResponse};
use actix_web::http::{ConnectionType, Method, StatusCode, header};
use actix_web::{HttpRequest, HttpResponse};
use hyper::body::Incoming;
use hyper::client::conn::TrySendError;
use hyper::{Request, Response};
use tokio::time::{Instant, timeout_at};

use super::Limits;
use super::answer::{Exchange, relay};
use super::body::{Length, Progress, RequestBody};
use super::failure::Failure;
use super::origin::Origin;
use super::outgoing::Outgoing;
use super::pool::{Connection, Pool};
use super::upgrade::{Sockets, is_websocket};
use crate::core::caller::Caller;

/// What becomes of a request that was given to a connection.
type Sent = Result<Response<Incoming>, TrySendError<Request<RequestBody>>>;

/// An upstream as one worker uses it.
pub struct Upstream {
    prefix: String,
    pattern: String,
    origin: Arc<Origin>,
    pool: Rc<Pool>,
    limits: Limits,
    sockets: Sockets,
}

/// A request that got no answer, and whether it never left.
struct Unanswered {
    failure: Failure,
    unsent: Option<Request<RequestBody>>,
}

impl Upstream {
    /// What serves the paths below `/{prefix}`.
    pub(super) fn new(
        prefix: &str,
        origin: Arc<Origin>,
        (limits, sockets): (Limits, Sockets),
    ) -> Self {
        let pool = Rc::new(Pool::new(Arc::clone(&origin), limits.connect));
        let (prefix, pattern) = (prefix.to_owned(), format!("/{prefix}/{{path}}*"));
        Self { prefix, pattern, origin, pool, limits, sockets }
    }

    /// First segment of its paths.
    pub fn prefix(&self) -> &str {
        &self.prefix
    }

    /// Its paths as a route.
    pub fn pattern(&self) -> &str {
        &self.pattern
    }

    /// The upstream's answer to a request of a caller at an address, or the envelope that says why there is
    /// none.
    ///
    /// Cancel safe: a client that goes away closes the connection to the upstream.
    pub async fn forward(
        &self,
        request: ServiceRequest,
        caller: (&Caller, Option<IpAddr>),
    ) -> ServiceResponse {
        let (request, payload) = request.into_parts();
        let outcome = if is_websocket(&request) {
            Box::pin(self.upgrade(&request, payload, caller)).await
        } else {
            self.exchange(&request, payload, caller).await
        };
        let mut answer = outcome.unwrap_or_else(|failure| {
            tracing::warn!(%failure, "request not proxied");
            failure.answer()
        });
        if request.head().upgrade() && answer.status() != StatusCode::SWITCHING_PROTOCOLS {
            answer.head_mut().set_connection_type(ConnectionType::Close);
        }
        ServiceResponse::new(request, answer)
    }

    async fn exchange(
        &self,
        request: &HttpRequest,
        payload: Payload,
        caller: (&Caller, Option<IpAddr>),
    ) -> Result<HttpResponse, Failure> {
        check(request)?;
        let length = Length::of(request.headers());
        if matches!(length, Length::Known(length) if length > self.limits.body) {
            return Err(Failure::TooLarge);
        }
        let progress = Progress::new();
        let body = RequestBody::new(payload, length, self.limits.body, &progress);
        let outgoing = || Outgoing::new(request, caller, self.origin.authority());
        let first = outgoing()?;
        let repeatable = length == Length::None && first.is_idempotent();
        let message = first.message(body);
        let message = if let Some(mut connection) = self.pool.take() {
            let response = pin!(connection.sender.try_send_request(message));
            match self.headers(response, &progress).await {
                Ok(response) => {
                    return Ok(self.answer(response, request, connection, progress));
                }
                Err(Unanswered { unsent: Some(unsent), .. }) => unsent,
                // The upstream closed the idle connection while the request was on its way.
                Err(Unanswered { failure: Failure::Broken(error), .. })
                    if repeatable && !error.is_parse() =>
                {
                    let body = RequestBody::new(Payload::None, length, 0, &progress);
                    outgoing()?.message(body)
                }
                Err(Unanswered { failure, .. }) => return Err(failure),
            }
        } else {
            message
        };
        // Boxed: the future of an exchange on an open connection stays small.
        Box::pin(self.exchange_anew(request, message, progress)).await
    }

    /// Opens a WebSocket, on a connection of its own.
    async fn upgrade(
        &self,
        request: &HttpRequest,
        payload: Payload,
        caller: (&Caller, Option<IpAddr>),
    ) -> Result<HttpResponse, Failure> {
        check_path(request.path())?;
        let place = self.sockets.take()?;
        let mut outgoing = Outgoing::new(request, caller, self.origin.authority())?;
        outgoing.upgrade();
        let progress = Progress::new();
        let body = RequestBody::new(Payload::None, Length::None, 0, &progress);
        let mut connection = self.pool.connect().await?;
        let response = pin!(connection.sender.try_send_request(outgoing.message(body)));
        let response = self.headers(response, &progress).await;
        let response = response.map_err(|unanswered| unanswered.failure)?;
        if response.status().as_u16() == StatusCode::SWITCHING_PROTOCOLS.as_u16() {
            return self.sockets.join(response, payload, place, self.limits.headers).await;
        }
        Ok(self.answer(response, request, connection, progress))
    }

    /// On a new connection.
    async fn exchange_anew(
        &self,
        request: &HttpRequest,
        message: Request<RequestBody>,
        progress: Rc<Progress>,
    ) -> Result<HttpResponse, Failure> {
        let mut connection = self.pool.connect().await?;
        progress.touch();
        let response = pin!(connection.sender.try_send_request(message));
        let response = self.headers(response, &progress).await;
        let response = response.map_err(|unanswered| unanswered.failure)?;
        Ok(self.answer(response, request, connection, progress))
    }

    /// Waits for the answer's headers; the clock starts anew with every byte of the request's body.
    async fn headers(
        &self,
        mut response: Pin<&mut impl Future<Output = Sent>>,
        progress: &Progress,
    ) -> Result<Response<Incoming>, Unanswered> {
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

    fn answer(
        &self,
        response: Response<Incoming>,
        request: &HttpRequest,
        connection: Connection,
        progress: Rc<Progress>,
    ) -> HttpResponse {
        let (pool, idle) = (Rc::clone(&self.pool), self.limits.idle);
        let exchange = Exchange { connection, pool, progress, idle };
        relay(response, request.method() == Method::HEAD, exchange)
    }
}

/// What cannot be forwarded. `h2c` is an offer that a server may ignore, other upgrades are the point
/// of their request.
fn check(request: &HttpRequest) -> Result<(), Failure> {
    if request.method() == Method::CONNECT {
        return Err(Failure::Method);
    }
    check_path(request.path())?;
    let mut upgrades = request.headers().get_all(header::UPGRADE);
    if upgrades.any(|value| !value.as_bytes().eq_ignore_ascii_case(b"h2c")) {
        return Err(Failure::Upgrade);
    }
    Ok(())
}

/// Refuses a path that may lead out of the prefix: an upstream resolves `..` after the gateway has decided by
/// the path as it is written.
fn check_path(path: &str) -> Result<(), Failure> {
    if !path.contains('.') && !path.contains("%2") {
        return Ok(());
    }
    let path = path.to_ascii_lowercase();
    let decoded = path.replace("%2e", ".").replace("%2f", "/").replace("%5c", "\\");
    let mut segments = decoded.split(['/', '\\']);
    // Some servers leave out what follows a semicolon.
    let is_dots = |segment: &str| matches!(segment.split(';').next(), Some("." | ".."));
    if segments.any(is_dots) { Err(Failure::Invalid) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_path_leads_out_of_its_prefix() {
        for good in ["/p/a.b", "/p/...", "/p/a..b", "/p/.well-known", "/p/%2ea", "/p/%252e%252e/a"]
        {
            assert!(check_path(good).is_ok(), "{good}");
        }
        for bad in [
            "/p/../a",
            "/p/..",
            "/p/./a",
            "/p/%2e%2E/a",
            "/p/.%2e/a",
            "/p/a%2f..%2Fb",
            "/p/..%5ca",
            "/p/..;x=1/a",
        ] {
            assert!(check_path(bad).is_err(), "{bad}");
        }
    }
}
