//! A client's connection as the server reads and writes it.

use std::io;
use std::net::IpAddr;
use std::pin::Pin;
use std::rc::Rc;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use actix_web::rt::net::TcpStream;
use bytes::Bytes;
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _, ReadBuf};
use uuid::Uuid;

use super::Policy;
use super::census::Seat;
use super::framing::{Fault, Framing, Stage};
use super::link::Link;
use super::patience::{Stall, Waiting};
use super::refusal::{Refusal, bare_answer};

/// How long, and for how many bytes, a client that was refused is listened to, so that it can read why.
const LINGER: Duration = Duration::from_secs(1);
const LINGER_BYTES: u64 = 1024 * 1024;

/// A connection that watches over what passes: times for heads, bodies and answers, and an answer with an
/// envelope to what never became a request.
pub struct ClientStream {
    /// Present until the connection is given up.
    stream: Option<TcpStream>,
    peer: Option<IpAddr>,
    policy: Arc<Policy>,
    seat: Option<Seat>,
    link: Rc<Link>,
    framing: Framing,
    waiting: Waiting,
    stall: Option<Stall>,
    refusal: Option<Refusal>,
    substitute: Option<Substitute>,
    /// Whether an answer went out after the body broke.
    is_over: bool,
}

/// What is written in place of the server's own answer.
struct Substitute {
    answer: Bytes,
    written: usize,
    /// Bytes of the server's own answer.
    stands_for: usize,
}

impl ClientStream {
    pub(super) fn new(stream: TcpStream, policy: Arc<Policy>, seat: Seat) -> Self {
        let peer = stream.peer_addr().ok().map(|peer| peer.ip().to_canonical());
        Self {
            stream: Some(stream),
            peer,
            policy,
            seat: Some(seat),
            link: Rc::default(),
            framing: Framing::new(),
            waiting: Waiting::default(),
            stall: None,
            refusal: None,
            substitute: None,
            is_over: false,
        }
    }

    /// What requests on this connection share with it.
    pub fn link(&self) -> Rc<Link> {
        Rc::clone(&self.link)
    }

    fn stream(&mut self) -> io::Result<Pin<&mut TcpStream>> {
        self.stream.as_mut().map(Pin::new).ok_or_else(|| io::ErrorKind::NotConnected.into())
    }

    /// Lets the server see what it may see of the bytes that came behind `before`.
    fn follow(&mut self, buffer: &mut ReadBuf<'_>, before: usize) -> Poll<io::Result<()>> {
        match self.framing.advance(&buffer.filled()[before..]) {
            Ok(()) => {}
            Err(Fault::Head { refusal, from }) => {
                buffer.set_filled(before + from);
                self.refuse(refusal, buffer);
            }
            Err(Fault::Body { from }) => {
                buffer.set_filled(before + from);
                self.link.break_body();
                if from == 0 {
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(()))
    }

    /// Has the server end the connection in order: no head has a NUL in it, so that it answers what came
    /// before, and then says that it does not understand. That answer is replaced on its way.
    fn refuse(&mut self, refusal: Refusal, buffer: &mut ReadBuf<'_>) {
        self.refusal = Some(refusal);
        buffer.put_slice(b"\0");
    }

    /// Nothing came.
    fn wait(&mut self, buffer: &mut ReadBuf<'_>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        let patience = (&self.policy.times, self.link.is_proxied());
        if self.waiting.poll(&self.framing, patience, cx).is_pending() {
            return Poll::Pending;
        }
        if self.framing.stage() == Stage::Head {
            self.refuse(Refusal::TooSlow, buffer);
            return Poll::Ready(Ok(()));
        }
        tracing::debug!(peer = ?self.peer, "a body did not come in time");
        Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
    }

    /// Whether what is written may be an answer that the gateway has not seen.
    fn may_be_bare(&self) -> bool {
        let calls = self.link.calls();
        self.refusal.is_some() || calls == 0 || self.framing.heads() > calls
    }

    /// The gateway's answer in place of the server's own, `bare`.
    fn substitute(&mut self, bare: &[u8]) -> Substitute {
        let refusal = *self.refusal.get_or_insert_with(|| Refusal::of_bare(bare));
        let id = Uuid::new_v4();
        self.policy.observe(id, refusal, self.peer);
        Substitute { answer: refusal.answer(id), written: 0, stands_for: bare.len() }
    }

    fn write(&mut self, buffer: &[u8], cx: &mut Context<'_>) -> Poll<io::Result<usize>> {
        match self.stream()?.poll_write(cx, buffer) {
            Poll::Ready(Ok(written)) if written == buffer.len() => {
                self.stall = None;
                if self.link.is_broken() && !self.is_over {
                    self.is_over = true;
                    cx.waker().wake_by_ref();
                }
                Poll::Ready(Ok(written))
            }
            Poll::Ready(Ok(written)) => {
                // What the system's buffers took at once, nobody has read yet.
                if let Some(stall) = &mut self.stall {
                    stall.took(written, buffer.len() - written);
                }
                Poll::Ready(Ok(written))
            }
            Poll::Pending => {
                self.stalled().took(0, buffer.len());
                let times = self.policy.times;
                if self.stalled().poll(&times, cx).is_pending() {
                    return Poll::Pending;
                }
                tracing::warn!(peer = ?self.peer, "a client that takes its answer too slowly");
                self.policy.slow_readers.inc();
                Poll::Ready(Err(io::ErrorKind::TimedOut.into()))
            }
            failed @ Poll::Ready(Err(_)) => failed,
        }
    }

    fn stalled(&mut self) -> &mut Stall {
        self.stall.get_or_insert_with(|| Stall::new(Arc::clone(&self.policy.unread)))
    }
}

impl AsyncRead for ClientStream {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.is_over {
            return Poll::Ready(Ok(()));
        }
        if this.refusal.is_some() {
            // The server has heard enough to end the connection.
            return Poll::Pending;
        }
        if this.link.is_broken() {
            return this.wait(buffer, cx);
        }
        let before = buffer.filled().len();
        match this.stream()?.poll_read(cx, buffer) {
            Poll::Ready(Ok(())) if buffer.filled().len() > before => {
                this.waiting.pause();
                let followed = this.follow(buffer, before);
                if followed.is_pending() {
                    return this.wait(buffer, cx);
                }
                followed
            }
            Poll::Pending => this.wait(buffer, cx),
            ended => ended,
        }
    }
}

impl AsyncWrite for ClientStream {
    fn poll_write(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &[u8],
    ) -> Poll<io::Result<usize>> {
        let this = &mut *self;
        let mut substitute = match this.substitute.take() {
            Some(substitute) => substitute,
            None if this.may_be_bare() => match bare_answer(buffer) {
                Some(0) => this.substitute(buffer),
                Some(start) => return this.write(&buffer[..start], cx),
                None => return this.write(buffer, cx),
            },
            None => return this.write(buffer, cx),
        };
        while substitute.written < substitute.answer.len() {
            match this.write(&substitute.answer[substitute.written..], cx) {
                Poll::Ready(Ok(written)) => substitute.written += written,
                Poll::Ready(failed) => return Poll::Ready(failed),
                Poll::Pending => {
                    this.substitute = Some(substitute);
                    return Poll::Pending;
                }
            }
        }
        Poll::Ready(Ok(substitute.stands_for))
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        self.stream()?.poll_shutdown(cx)
    }
}

impl Drop for ClientStream {
    /// A refused client may still be sending: closed now, the connection would be reset, and the client
    /// would not read why.
    fn drop(&mut self) {
        let (Some(mut stream), Some(_)) = (self.stream.take(), self.refusal) else { return };
        let seat = self.seat.take();
        let Ok(runtime) = tokio::runtime::Handle::try_current() else { return };
        runtime.spawn(async move {
            let listening = async {
                stream.shutdown().await?;
                let mut rest = stream.take(LINGER_BYTES);
                tokio::io::copy(&mut rest, &mut tokio::io::sink()).await
            };
            // Whatever comes of it, the connection ends here.
            drop(tokio::time::timeout(LINGER, listening).await);
            drop(seat);
        });
    }
}
