//! WebSockets: a connection that leaves HTTP behind, between a client and an upstream.
//!
//! The handshake is a request like any other: authenticated, limited, with the caller's identity. What
//! follows passes unread. [`Sockets`] bounds how many there are, and silence in both directions ends one.

use std::cell::Cell;
use std::future::Future as _;
use std::io;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::dev::Payload;
use actix_web::http::header::UPGRADE;
use actix_web::http::{Method, header};
use actix_web::rt::spawn;
use actix_web::{HttpRequest, HttpResponse};
use bytes::{Bytes, BytesMut};
use futures_util::StreamExt as _;
use hyper::Response;
use hyper::body::Incoming;
use hyper::upgrade::Upgraded;
use hyper_util::rt::TokioIo;
use tokio::io::{AsyncWriteExt as _, ReadHalf, WriteHalf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::AbortHandle;
use tokio::time::{Instant, Sleep, sleep_until, timeout};
use tokio_util::io::poll_read_buf;

use super::answer::copy;
use super::failure::Failure;

/// Bytes that are read from an upstream at a time.
const READ: usize = 16 * 1024;

/// How many WebSockets there may be, and how long one may be silent.
#[derive(Clone)]
pub(super) struct Sockets {
    places: Arc<Semaphore>,
    idle: Duration,
}

impl Sockets {
    /// For the whole process.
    pub(super) fn new(most: usize, idle: Duration) -> Self {
        Self { places: Arc::new(Semaphore::new(most.min(Semaphore::MAX_PERMITS))), idle }
    }

    /// Room for one more.
    ///
    /// # Errors
    /// There are too many.
    pub(super) fn take(&self) -> Result<OwnedSemaphorePermit, Failure> {
        let place = Arc::clone(&self.places).try_acquire_owned();
        place.map_err(|_| Failure::TooManySockets)
    }

    /// The client's side of an upgrade that the upstream agreed to, which must come within `limit`.
    ///
    /// # Errors
    /// The upstream does not keep its word.
    pub(super) async fn join(
        &self,
        mut response: Response<Incoming>,
        payload: Payload,
        place: OwnedSemaphorePermit,
        limit: Duration,
    ) -> Result<HttpResponse, Failure> {
        let upgraded = hyper::upgrade::on(&mut response);
        let upgraded = timeout(limit, upgraded).await.map_err(|_| Failure::TimedOut)??;
        let mut answer = HttpResponse::SwitchingProtocols();
        copy(response.headers(), actix_web::http::StatusCode::SWITCHING_PROTOCOLS, &mut answer);
        answer.upgrade("websocket");
        Ok(answer.body(Socket::new(upgraded, payload, place, self.idle)))
    }
}

/// Whether a request opens a WebSocket.
pub(super) fn is_websocket(request: &HttpRequest) -> bool {
    let mut upgrades = request.headers().get_all(UPGRADE);
    let is_websocket = |value: &header::HeaderValue| {
        value.to_str().is_ok_and(|text| text.trim().eq_ignore_ascii_case("websocket"))
    };
    request.method() == Method::GET
        && request.head().upgrade()
        && upgrades.next().is_some_and(is_websocket)
        && upgrades.next().is_none()
}

/// What the upstream says, as the body of the answer; a task of its own carries the other direction.
struct Socket {
    upstream: ReadHalf<TokioIo<Upgraded>>,
    buffer: BytesMut,
    moved_at: Rc<Cell<Instant>>,
    idle: Duration,
    timer: Pin<Box<Sleep>>,
    sending: AbortHandle,
    _place: OwnedSemaphorePermit,
}

impl Socket {
    fn new(
        upgraded: Upgraded,
        payload: Payload,
        place: OwnedSemaphorePermit,
        idle: Duration,
    ) -> Self {
        let (upstream, sink) = tokio::io::split(TokioIo::new(upgraded));
        let moved_at = Rc::new(Cell::new(Instant::now()));
        let sending = spawn(send(payload, sink, Rc::clone(&moved_at))).abort_handle();
        let timer = Box::pin(sleep_until(moved_at.get() + idle));
        let buffer = BytesMut::new();
        Self { upstream, buffer, moved_at, idle, timer, sending, _place: place }
    }
}

/// Carries what the client says.
async fn send(
    mut payload: Payload,
    mut upstream: WriteHalf<TokioIo<Upgraded>>,
    moved_at: Rc<Cell<Instant>>,
) {
    while let Some(Ok(bytes)) = payload.next().await {
        moved_at.set(Instant::now());
        if upstream.write_all(&bytes).await.is_err() || upstream.flush().await.is_err() {
            return;
        }
    }
    // The upstream reads that the client is gone; an error says that it knows.
    drop(upstream.shutdown().await);
}

impl MessageBody for Socket {
    type Error = io::Error;

    fn size(&self) -> BodySize {
        BodySize::Stream
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, io::Error>>> {
        let this = &mut *self;
        this.buffer.reserve(READ);
        if let Poll::Ready(read) = poll_read_buf(Pin::new(&mut this.upstream), cx, &mut this.buffer)
        {
            this.moved_at.set(Instant::now());
            return Poll::Ready(match read {
                Ok(0) => None,
                Ok(_) => Some(Ok(this.buffer.split().freeze())),
                Err(error) => Some(Err(error)),
            });
        }
        loop {
            let deadline = this.moved_at.get() + this.idle;
            if this.timer.deadline() != deadline {
                this.timer.as_mut().reset(deadline);
            }
            ready!(this.timer.as_mut().poll(cx));
            if this.moved_at.get() + this.idle <= Instant::now() {
                tracing::debug!("a WebSocket was silent for too long");
                return Poll::Ready(None);
            }
        }
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.sending.abort();
    }
}
