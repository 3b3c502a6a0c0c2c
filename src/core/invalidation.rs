//! Tells every replica that something it may have cached is no longer true.
//!
//! A cache remembers with an entry the [`Stamp`] that was valid *before* the entry was looked up, and
//! compares it on every use. So ending a session costs one counter, needs no index from session to
//! entries, and an answer that was under way meanwhile is outdated before it is stored.

use std::hash::{BuildHasher as _, Hash, RandomState};
use std::sync::atomic::{AtomicBool, AtomicU16, Ordering};

/// Redis channel of the announcements (before the installation's key prefix).
pub const CHANNEL: &str = "coffee:revoked";

/// Counters that sessions and partners share by hash: an announcement also makes caches ask again for
/// one entry in this many, which costs a look-up and nothing else. Few enough bytes to stay in a
/// processor's cache.
const SLOTS: usize = 1 << u16::BITS;

/// What is no longer true.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Invalidation {
    /// The session with this id has ended.
    Session(String),
    /// The contracts of this partner changed.
    Partner(i64),
}

impl Invalidation {
    /// Text on the channel: `session:{sid}` or `partner:{id}`.
    pub fn text(&self) -> String {
        match self {
            Self::Session(sid) => format!("session:{sid}"),
            Self::Partner(id) => format!("partner:{id}"),
        }
    }

    /// Reads a text of the channel; anything else is `None`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.split_once(':')? {
            ("session", sid) if !sid.is_empty() => Some(Self::Session(sid.to_owned())),
            ("partner", id) => id.parse().ok().map(Self::Partner),
            _ => None,
        }
    }
}

/// What was known to be true when something was looked up. Good for less time than 2¹⁶ reconnections
/// or announcements for one slot take.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    slot: u16,
    epoch: u16,
    count: u16,
}

impl Stamp {
    /// As one word.
    pub fn to_bits(self) -> u64 {
        u64::from(self.slot) << 32 | u64::from(self.epoch) << 16 | u64::from(self.count)
    }

    /// Of [`Stamp::to_bits`].
    pub fn from_bits(bits: u64) -> Self {
        Self { slot: (bits >> 32) as u16, epoch: (bits >> 16) as u16, count: bits as u16 }
    }
}

/// The announcements that this process has heard, as counters.
pub struct Invalidations {
    hasher: RandomState,
    slots: Box<[AtomicU16]>,
    /// Counts the times at which everything had to be forgotten.
    epoch: AtomicU16,
    listening: AtomicBool,
}

impl Invalidations {
    /// Nothing heard yet. `listening`: whether no other process could announce anything.
    pub fn new(listening: bool) -> Self {
        Self {
            hasher: RandomState::new(),
            slots: (0..SLOTS).map(|_| AtomicU16::new(0)).collect(),
            epoch: AtomicU16::new(0),
            listening: AtomicBool::new(listening),
        }
    }

    /// Stamp of a session; take it before asking whether the session is alive.
    pub fn session(&self, sid: &str) -> Stamp {
        self.stamp(sid)
    }

    /// Stamp of a partner; take it before reading its contracts.
    pub fn partner(&self, id: i64) -> Stamp {
        self.stamp(&id)
    }

    fn stamp<T: Hash + ?Sized>(&self, subject: &T) -> Stamp {
        let slot = self.hasher.hash_one(subject) as u16;
        let count = self.slots[usize::from(slot)].load(Ordering::SeqCst);
        Stamp { slot, count, epoch: self.epoch.load(Ordering::SeqCst) }
    }

    /// Whether nothing was announced since the stamp was taken.
    pub fn is_current(&self, stamp: Stamp) -> bool {
        let count = self.slots[usize::from(stamp.slot)].load(Ordering::Acquire);
        count == stamp.count && self.epoch.load(Ordering::Acquire) == stamp.epoch
    }

    /// Outdates everything that was looked up for the subject so far.
    pub fn apply(&self, invalidation: &Invalidation) {
        let stamp = match invalidation {
            Invalidation::Session(sid) => self.session(sid),
            Invalidation::Partner(id) => self.partner(*id),
        };
        self.slots[usize::from(stamp.slot)].fetch_add(1, Ordering::SeqCst);
    }

    /// Whether announcements of other processes arrive. While they do not, caches keep sessions for a
    /// shorter time.
    pub fn is_listening(&self) -> bool {
        self.listening.load(Ordering::Acquire)
    }

    /// Announcements arrive from now on, or do not. What was missed meanwhile is unknown: the return
    /// of the announcements outdates everything.
    pub fn set_listening(&self, listening: bool) {
        if listening {
            self.epoch.fetch_add(1, Ordering::SeqCst);
        }
        self.listening.store(listening, Ordering::SeqCst);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_are_read_back() {
        for known in [Invalidation::Session("a:b".into()), Invalidation::Partner(-1)] {
            assert_eq!(Invalidation::parse(&known.text()), Some(known));
        }
        for other in ["", "session:", "partner:x", "plan:1"] {
            assert_eq!(Invalidation::parse(other), None);
        }
    }

    #[test]
    fn an_announcement_outdates_its_subject_only() {
        let heard = Invalidations::new(true);
        let (one, partner) = (heard.session("one"), heard.partner(7));
        let other = (0..).map(|n| heard.session(&n.to_string()));
        let other = other.filter(|s| s.slot != one.slot && s.slot != partner.slot).take(10);
        let others: Vec<_> = other.collect();
        heard.apply(&Invalidation::Session("one".into()));
        assert!(!heard.is_current(one));
        assert!(heard.is_current(heard.session("one")));
        heard.apply(&Invalidation::Partner(7));
        assert!(!heard.is_current(partner));
        assert!(others.iter().all(|stamp| heard.is_current(*stamp)));
        let again = heard.session("one");
        assert_eq!(Stamp::from_bits(again.to_bits()), again);
    }

    #[test]
    fn silence_that_ends_outdates_everything() {
        let heard = Invalidations::new(false);
        assert!(!heard.is_listening());
        let stamp = heard.session("one");
        heard.set_listening(true);
        assert!(heard.is_listening() && !heard.is_current(stamp));
        let stamp = heard.session("one");
        heard.set_listening(false);
        assert!(heard.is_current(stamp), "silence shortens the time to live instead");
    }
}
