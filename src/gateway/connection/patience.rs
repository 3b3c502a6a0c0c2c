//! How long a client is waited for.

use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use prometheus::IntGauge;
use tokio::time::{Instant, Sleep, sleep_until};

use super::framing::{Framing, Stage};

/// Bytes per second that a proxied body must come with after the first seconds, and that an answer must
/// be taken with.
const BODY_RATE: u64 = 256;
const ANSWER_RATE: u64 = 1024;
/// How often a client that does not take its answer is looked at.
const TICK: Duration = Duration::from_secs(1);
/// Bytes that a client must have taken since the last look to be kept while too much is unread.
const TAKEN_PER_TICK: u64 = 64 * 1024;

/// Times that a client has.
#[derive(Debug, Clone, Copy)]
pub struct Times {
    /// For a head, from its first byte.
    pub head: Duration,
    /// For a body, from its head; a proxied one has more time for every byte.
    pub body: Duration,
    /// In which a client must take some of its answer.
    pub answer: Duration,
}

/// A timer that is made when it is first needed.
#[derive(Default)]
struct Timer(Option<Pin<Box<Sleep>>>);

impl Timer {
    /// Wakes the task at `deadline`; ready if that has passed.
    fn poll(&mut self, deadline: Instant, cx: &mut Context<'_>) -> Poll<()> {
        let timer = self.0.get_or_insert_with(|| Box::pin(sleep_until(deadline)));
        if timer.deadline() != deadline {
            timer.as_mut().reset(deadline);
        }
        timer.as_mut().poll(cx)
    }
}

/// The wait for the rest of a head or body.
#[derive(Default)]
pub(super) struct Waiting {
    timer: Timer,
    /// The message that is waited for, and its part.
    part: Option<(u64, Stage)>,
    /// Time spent on it, without the wait that began at `since`.
    spent: Duration,
    since: Option<Instant>,
}

impl Waiting {
    /// Bytes came.
    pub(super) fn pause(&mut self) {
        if let Some(since) = self.since.take() {
            self.spent += since.elapsed();
        }
    }

    /// Nothing came; ready when the client has had its time.
    pub(super) fn poll(
        &mut self,
        framing: &Framing,
        (times, is_proxied): (&Times, bool),
        cx: &mut Context<'_>,
    ) -> Poll<()> {
        let stage = framing.stage();
        let limit = match stage {
            Stage::Idle | Stage::Tunnel => return Poll::Pending,
            Stage::Head => times.head,
            Stage::Body if is_proxied => {
                times.body + Duration::from_secs(framing.body_bytes() / BODY_RATE)
            }
            Stage::Body => times.body,
        };
        let part = Some((framing.heads(), stage));
        if self.part != part {
            (self.part, self.spent, self.since) = (part, Duration::ZERO, None);
        }
        let since = *self.since.get_or_insert_with(Instant::now);
        self.timer.poll(since + limit.saturating_sub(self.spent), cx)
    }
}

/// Bytes of answers that clients have not taken, over all connections.
pub struct Unread {
    bytes: IntGauge,
    limit: i64,
}

impl Unread {
    /// Counted by `bytes`, with the number beyond which clients that take little are disconnected.
    pub fn new(bytes: IntGauge, limit: usize) -> Arc<Self> {
        Arc::new(Self { bytes, limit: i64::try_from(limit).unwrap_or(i64::MAX) })
    }

    fn is_too_much(&self) -> bool {
        self.bytes.get() > self.limit
    }
}

/// An answer that the client does not take as fast as it could be written.
pub(super) struct Stall {
    unread: Arc<Unread>,
    /// Bytes of it that are counted as unread.
    held: i64,
    timer: Timer,
    taken: u64,
    /// When it was looked at last, and what was taken by then.
    looked: (Instant, u64),
    /// The same of the last look at whether the client takes anything worth the name: in between, the
    /// system's buffers may hide it.
    judged: (Instant, u64),
}

impl Stall {
    pub(super) fn new(unread: Arc<Unread>) -> Self {
        let now = Instant::now();
        let timer = Timer::default();
        Self { unread, held: 0, timer, taken: 0, looked: (now, 0), judged: (now, 0) }
    }

    /// The client took some of it and left `left` bytes.
    pub(super) fn took(&mut self, taken: usize, left: usize) {
        self.taken += taken as u64;
        self.hold(left);
    }

    fn hold(&mut self, left: usize) {
        let left = i64::try_from(left).unwrap_or(i64::MAX);
        self.unread.bytes.add(left - self.held);
        self.held = left;
    }

    /// The client took nothing; ready when it has had its time, or is in the way of others.
    pub(super) fn poll(&mut self, times: &Times, cx: &mut Context<'_>) -> Poll<()> {
        while self.timer.poll(self.looked.0 + TICK, cx).is_ready() {
            let now = Instant::now();
            if self.taken - self.looked.1 < TAKEN_PER_TICK && self.unread.is_too_much() {
                return Poll::Ready(());
            }
            self.looked = (now, self.taken);
            if now - self.judged.0 >= times.answer {
                if self.taken - self.judged.1 < ANSWER_RATE * times.answer.as_secs() {
                    return Poll::Ready(());
                }
                self.judged = (now, self.taken);
            }
        }
        Poll::Pending
    }
}

impl Drop for Stall {
    fn drop(&mut self) {
        self.hold(0);
    }
}
