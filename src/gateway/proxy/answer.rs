//! The upstream's answer on its way to the client.

use std::convert::Infallible;
use std::error::Error as StdError;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker, ready};
use std::time::Duration;

use actix_web::body::{BodySize, MessageBody};
use actix_web::http::StatusCode;
use actix_web::http::header as outbound;
use actix_web::rt::spawn;
use actix_web::{HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use hyper::Response;
use hyper::body::{Body as _, Frame, Incoming};
use hyper::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, CONNECTION, CONTENT_LENGTH, HeaderMap, HeaderName,
};
use tokio::task::AbortHandle;
use tokio::time::{Instant, sleep_until};

use super::body::Progress;
use super::headers::HopByHop;
use super::pool::{Connection, Pool};
use crate::gateway::keep_body::KeepBody;

/// What an answer holds on to until its last byte.
pub(super) struct Exchange {
    pub(super) connection: Connection,
    pub(super) pool: Rc<Pool>,
    pub(super) progress: Rc<Progress>,
    /// Longest silence.
    pub(super) idle: Duration,
}

impl Exchange {
    /// The answer is complete. A request that is not (the upstream answered early) costs the
    /// connection.
    fn finish(self) {
        if self.progress.is_sent() {
            self.pool.put(self.connection);
        }
    }
}

/// The client's answer to the upstream's; `head` if the request was a HEAD.
pub(super) fn relay(response: Response<Incoming>, head: bool, exchange: Exchange) -> HttpResponse {
    let (parts, mut body) = response.into_parts();
    let status = StatusCode::from_u16(parts.status.as_u16()).unwrap_or(StatusCode::BAD_GATEWAY);
    let mut answer = HttpResponse::build(status);
    copy(&parts.headers, status, &mut answer);
    let mut answer = if head || matches!(status, StatusCode::NO_CONTENT | StatusCode::NOT_MODIFIED)
    {
        exchange.finish();
        let length = parts.headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        answer.body(NoBody(length.filter(|_| head).and_then(|text| text.parse().ok())))
    } else {
        let size = body.size_hint().exact().map_or(BodySize::Stream, BodySize::Sized);
        match first(&mut body) {
            Some(whole) if body.is_end_stream() => {
                exchange.finish();
                answer.body(whole)
            }
            first => answer.body(AnswerBody::new(first, body, size, exchange)),
        }
    };
    if status.is_client_error() || status.is_server_error() {
        answer.extensions_mut().insert(KeepBody);
    }
    answer
}

/// What has arrived of the body together with the headers, which is all of a short one.
fn first(body: &mut Incoming) -> Option<Bytes> {
    if body.is_end_stream() {
        return Some(Bytes::new());
    }
    // Nobody has to be woken: whoever reads the rest asks again.
    match Pin::new(body).poll_frame(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(Some(Ok(frame))) => frame.into_data().ok(),
        // A break shows again when the rest is read.
        _ => None,
    }
}

/// Copies what the upstream said, except what ends here. The length follows from the body, but a 304
/// tells that of the body it leaves out.
pub(super) fn copy(upstream: &HeaderMap, status: StatusCode, answer: &mut HttpResponseBuilder) {
    let named = upstream.get_all(CONNECTION).iter().map(|value| value.as_bytes());
    let hop_by_hop = HopByHop::named_by(named);
    for (name, value) in upstream {
        let ends_here = name == ACCESS_CONTROL_ALLOW_ORIGIN
            || name == CONTENT_LENGTH && status != StatusCode::NOT_MODIFIED
            || hop_by_hop.contains(name.as_str());
        if !ends_here && let Some(header) = outbound(name, value.as_bytes()) {
            answer.append_header(header);
        }
    }
}

fn outbound(
    name: &HeaderName,
    value: &[u8],
) -> Option<(outbound::HeaderName, outbound::HeaderValue)> {
    let name = outbound::HeaderName::from_bytes(name.as_str().as_bytes()).ok()?;
    Some((name, outbound::HeaderValue::from_bytes(value).ok()?))
}

/// No body, with the length of the one that a GET would have had.
struct NoBody(Option<u64>);

impl MessageBody for NoBody {
    type Error = Infallible;

    fn size(&self) -> BodySize {
        self.0.map_or(BodySize::None, BodySize::Sized)
    }

    fn poll_next(
        self: Pin<&mut Self>,
        _: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Infallible>>> {
        Poll::Ready(None)
    }
}

/// A body that is read from the upstream as the client takes it. Dropped before its end, it closes the
/// connection to the upstream.
struct AnswerBody {
    first: Option<Bytes>,
    incoming: Incoming,
    size: BodySize,
    exchange: Option<Exchange>,
    watchdog: AbortHandle,
}

impl AnswerBody {
    fn new(first: Option<Bytes>, incoming: Incoming, size: BodySize, exchange: Exchange) -> Self {
        exchange.progress.touch();
        let watch =
            watch(Rc::clone(&exchange.progress), exchange.idle, exchange.connection.closer());
        let watchdog = spawn(watch).abort_handle();
        Self { first, incoming, size, exchange: Some(exchange), watchdog }
    }
}

/// Closes the connection after the longest silence. A task of its own, because nobody reads the body
/// while the client does not take it.
async fn watch(progress: Rc<Progress>, idle: Duration, connection: AbortHandle) {
    loop {
        let deadline = progress.moved_at() + idle;
        if deadline <= Instant::now() {
            break;
        }
        sleep_until(deadline).await;
    }
    tracing::warn!("proxied exchange was silent for too long");
    connection.abort();
}

impl MessageBody for AnswerBody {
    type Error = Box<dyn StdError>;

    fn size(&self) -> BodySize {
        self.size
    }

    fn poll_next(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Bytes, Self::Error>>> {
        if let Some(first) = self.first.take() {
            return Poll::Ready(Some(Ok(first)));
        }
        loop {
            match ready!(Pin::new(&mut self.incoming).poll_frame(cx))
                .map(|f| f.map(Frame::into_data))
            {
                Some(Ok(Ok(data))) => {
                    if let Some(exchange) = &self.exchange {
                        exchange.progress.touch();
                    }
                    return Poll::Ready(Some(Ok(data)));
                }
                // Trailers end here.
                Some(Ok(Err(_))) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error.into()))),
                None => {
                    if let Some(exchange) = self.exchange.take() {
                        exchange.finish();
                    }
                    return Poll::Ready(None);
                }
            }
        }
    }
}

impl Drop for AnswerBody {
    fn drop(&mut self) {
        self.watchdog.abort();
    }
}
