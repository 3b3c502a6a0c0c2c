//! The request's body on its way to the upstream.

use std::cell::Cell;
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, ready};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use actix_web::http::header::{CONTENT_LENGTH, HeaderMap, TRANSFER_ENCODING};
use bytes::Bytes;
use futures_util::Stream as _;
use hyper::body::{Body, Frame, SizeHint};
use tokio::time::Instant;

/// What both directions of an exchange know of each other.
pub(super) struct Progress {
    moved_at: Cell<Instant>,
    sent: Cell<bool>,
    refusal: Cell<Option<BodyRefusal>>,
}

/// Why the request's body stopped.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum BodyRefusal {
    /// Longer than allowed.
    TooLarge,
    /// The client broke off, or its framing is wrong.
    Broken,
}

impl Progress {
    pub(super) fn new() -> Rc<Self> {
        let moved_at = Cell::new(Instant::now());
        Rc::new(Self { moved_at, sent: Cell::new(false), refusal: Cell::new(None) })
    }

    /// When the last byte moved.
    pub(super) fn moved_at(&self) -> Instant {
        self.moved_at.get()
    }

    /// Notes that bytes moved.
    pub(super) fn touch(&self) {
        self.moved_at.set(Instant::now());
    }

    /// Whether the whole request went out.
    pub(super) fn is_sent(&self) -> bool {
        self.sent.get()
    }

    /// Why the request's body stopped, if it did.
    pub(super) fn refusal(&self) -> Option<BodyRefusal> {
        self.refusal.get()
    }
}

/// Length of a body as its headers announce it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Length {
    /// No body.
    None,
    /// In bytes.
    Known(u64),
    /// Chunked.
    Unknown,
}

impl Length {
    /// Of a request that the server's decoder accepted: at most one of both headers, and well formed.
    pub(super) fn of(headers: &HeaderMap) -> Self {
        if headers.contains_key(TRANSFER_ENCODING) {
            return Self::Unknown;
        }
        let length = headers.get(CONTENT_LENGTH).and_then(|value| value.to_str().ok());
        match length.and_then(|text| text.trim().parse().ok()) {
            None | Some(0) => Self::None,
            Some(length) => Self::Known(length),
        }
    }
}

/// A body that is read from the client as the upstream takes it.
pub(super) struct RequestBody {
    payload: Option<Payload>,
    length: Length,
    /// Bytes taken so far, and how many may be.
    taken: u64,
    limit: u64,
    progress: Rc<Progress>,
}

impl RequestBody {
    /// The body of a request, at most `limit` bytes.
    pub(super) fn new(
        payload: Payload,
        length: Length,
        limit: u64,
        progress: &Rc<Progress>,
    ) -> Self {
        let body = Self {
            payload: (length != Length::None).then_some(payload),
            length,
            taken: 0,
            limit,
            progress: Rc::clone(progress),
        };
        body.progress.sent.set(body.payload.is_none());
        body
    }

    fn finish(&mut self) {
        self.payload = None;
        self.progress.sent.set(true);
    }

    fn refuse(&mut self, refusal: BodyRefusal) -> Poll<Option<Result<Frame<Bytes>, PayloadError>>> {
        self.payload = None;
        self.progress.refusal.set(Some(refusal));
        Poll::Ready(Some(Err(PayloadError::Overflow)))
    }
}

impl Body for RequestBody {
    type Data = Bytes;
    type Error = PayloadError;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, PayloadError>>> {
        let Some(payload) = &mut self.payload else { return Poll::Ready(None) };
        match ready!(Pin::new(payload).poll_next(cx)) {
            Some(Ok(chunk)) => {
                self.taken += chunk.len() as u64;
                if self.taken > self.limit {
                    return self.refuse(BodyRefusal::TooLarge);
                }
                self.progress.touch();
                if self.length == Length::Known(self.taken) {
                    self.finish();
                }
                Poll::Ready(Some(Ok(Frame::data(chunk))))
            }
            Some(Err(_)) => self.refuse(BodyRefusal::Broken),
            None => {
                self.finish();
                Poll::Ready(None)
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        self.payload.is_none()
    }

    fn size_hint(&self) -> SizeHint {
        match self.length {
            Length::None => SizeHint::with_exact(0),
            Length::Known(length) => SizeHint::with_exact(length),
            Length::Unknown => SizeHint::default(),
        }
    }
}
