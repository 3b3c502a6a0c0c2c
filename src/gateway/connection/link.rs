//! What a connection and the requests on it know of each other.

use std::cell::{Cell, RefCell};
use std::pin::Pin;
use std::rc::Rc;
use std::task::{Context, Poll, Waker};

use actix_web::dev::Payload;
use actix_web::error::PayloadError;
use bytes::Bytes;
use futures_util::Stream;

/// Shared by a connection and the request that is being handled on it.
#[derive(Default)]
pub struct Link {
    /// Requests that reached the gateway.
    called: Cell<u64>,
    is_proxied: Cell<bool>,
    is_broken: Cell<bool>,
    reader: RefCell<Option<Waker>>,
}

impl Link {
    /// Notes that one more request reached the gateway.
    pub fn called(&self, is_proxied: bool) {
        self.called.set(self.called.get() + 1);
        self.is_proxied.set(is_proxied);
    }

    /// Has readers of this request's chunked body hear when its framing breaks.
    pub fn watch(self: &Rc<Self>, body: Payload) -> Payload {
        Payload::Stream { payload: Box::pin(Watched { body, link: Rc::clone(self) }) }
    }

    pub(super) fn calls(&self) -> u64 {
        self.called.get()
    }

    pub(super) fn is_proxied(&self) -> bool {
        self.is_proxied.get()
    }

    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.get()
    }

    /// Nothing that can be understood follows.
    pub(super) fn break_body(&self) {
        self.is_broken.set(true);
        if let Some(reader) = self.reader.take() {
            reader.wake();
        }
    }
}

struct Watched {
    body: Payload,
    link: Rc<Link>,
}

impl Stream for Watched {
    type Item = Result<Bytes, PayloadError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        if self.link.is_broken() {
            return Poll::Ready(Some(Err(PayloadError::EncodingCorrupted)));
        }
        let read = Pin::new(&mut self.body).poll_next(cx);
        if read.is_pending() {
            self.link.reader.replace(Some(cx.waker().clone()));
        }
        read
    }
}
