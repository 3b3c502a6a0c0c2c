//! Limits that must all admit, and how a decision looks from outside.

use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

use super::gcra::{Limit, SHARE};
use super::lease::Lease;

/// Where a caller stands with the limit closest to exhaustion.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Requests that the limit admits at once.
    pub limit: u32,
    /// Requests left now.
    pub remaining: u32,
    /// Seconds until all of them are there again, rounded up.
    pub reset: u64,
}

/// What became of a request.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Decision {
    /// All limits were charged.
    Admitted(Standing),
    /// No limit was charged.
    Refused {
        /// Position in the stack of the limit that stays exhausted longest.
        by: usize,
        /// That limit.
        standing: Standing,
        /// Seconds after which it admits a request again, rounded up; at least 1.
        retry_after: u64,
    },
}

impl Decision {
    /// The limit that the caller should know about.
    pub fn standing(&self) -> Standing {
        match self {
            Self::Admitted(standing) | Self::Refused { standing, .. } => *standing,
        }
    }

    /// Whether the request may go on.
    pub fn is_admitted(&self) -> bool {
        matches!(self, Self::Admitted(_))
    }
}

/// Limits of one subject, with what this process holds of them. Kept for as long as the subject is
/// busy; one that is dropped and made anew continues where it was, except for an unused lease.
pub struct Stack {
    limits: Box<[Limit]>,
    keys: Box<[Box<str>]>,
    lease: Mutex<Lease>,
    /// Held while a lease is taken, so that one call serves all who wait.
    pub(super) turn: tokio::sync::Mutex<()>,
    waiting: AtomicU32,
}

impl Stack {
    /// A stack of `limits` (different names) of `scope`, which must not contain a brace: it is the
    /// hash tag of all keys, so that a cluster keeps them on one node. `None` without limits.
    pub fn new(scope: &str, limits: impl IntoIterator<Item = Limit>) -> Option<Self> {
        let limits: Box<[Limit]> = limits.into_iter().collect();
        let key = |limit: &Limit| format!("limit:{{{scope}}}:{}", limit.name()).into_boxed_str();
        let keys: Box<[_]> = limits.iter().map(key).collect();
        (!limits.is_empty()).then(|| Self {
            limits,
            keys,
            lease: Mutex::default(),
            turn: tokio::sync::Mutex::default(),
            waiting: AtomicU32::new(0),
        })
    }

    /// The limits.
    pub fn limits(&self) -> &[Limit] {
        &self.limits
    }

    /// Key of each limit's bucket.
    pub(super) fn keys(&self) -> &[Box<str>] {
        &self.keys
    }

    /// Whether more than one cell can ever be taken at once.
    pub(super) fn can_lease(&self) -> bool {
        self.limits.iter().all(|limit| limit.burst() >= 2 * SHARE)
    }

    pub(super) fn lease(&self) -> MutexGuard<'_, Lease> {
        self.lease.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts a request as waiting for cells until the guard is dropped.
    pub(super) fn wait(&self) -> Waiting<'_> {
        self.waiting.fetch_add(1, Ordering::Relaxed);
        Waiting(&self.waiting)
    }

    /// Requests that wait for cells.
    pub(super) fn waiting(&self) -> u32 {
        self.waiting.load(Ordering::Relaxed)
    }
}

pub(super) struct Waiting<'a>(&'a AtomicU32);

impl Drop for Waiting<'_> {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::Relaxed);
    }
}

/// Decision for one request when each bucket is full again in `ahead` microseconds and this process
/// holds `held` cells more.
pub(super) fn decide(
    limits: &[Limit],
    ahead: impl Iterator<Item = f64> + Clone,
    admitted: bool,
    held: u32,
) -> Decision {
    let each = limits.iter().zip(ahead);
    if admitted {
        let standings = each.map(|(limit, ahead)| standing(limit, ahead, held));
        let part = |s: &Standing| f64::from(s.remaining) / f64::from(s.limit);
        let tightest = standings.min_by(|a, b| part(a).total_cmp(&part(b)));
        return Decision::Admitted(tightest.unwrap_or(UNLIMITED));
    }
    let waits = each.enumerate().map(|(by, (limit, ahead))| (by, limit, ahead));
    let longest = waits.max_by(|a, b| a.1.wait(a.2).total_cmp(&b.1.wait(b.2)));
    let Some((by, limit, ahead)) = longest else { return Decision::Admitted(UNLIMITED) };
    let retry_after = seconds(limit.wait(ahead)).max(1);
    Decision::Refused { by, standing: standing(limit, ahead, 0), retry_after }
}

/// Standing of a stack without limits; [`Stack::new`] makes none.
const UNLIMITED: Standing = Standing { limit: u32::MAX, remaining: u32::MAX, reset: 0 };

fn standing(limit: &Limit, ahead: f64, held: u32) -> Standing {
    let remaining = limit.free(ahead).saturating_add(held).min(limit.burst());
    Standing { limit: limit.burst(), remaining, reset: seconds(ahead) }
}

fn seconds(micros: f64) -> u64 {
    (micros / 1e6).ceil() as u64
}
