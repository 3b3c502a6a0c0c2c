//! When Redis may be asked again after it failed: requests must not each wait for its timeout.

use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use deadpool_redis::redis::{Arg, Cmd};

/// Redis is not asked for this long after it failed.
pub(super) const PAUSE: Duration = Duration::from_secs(1);
/// Hash slots of a Redis cluster.
const SLOTS: u16 = 1 << 14;
/// Ranges of hash slots. Nodes of a cluster own ranges, so one that is away pauses its own keys only.
const RANGES: usize = 64;

/// What may be done with a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Verdict {
    /// Redis answers, as far as is known.
    Ask,
    /// It did not answer a moment ago.
    Skip,
    /// As [`Verdict::Skip`], and this one has to find out whether it answers again.
    Probe,
}

/// For each range of keys the time from which on Redis is probed, in microseconds since the beginning;
/// 0 = it answers.
pub(super) struct Pauses {
    begun: Instant,
    ranges: [AtomicU64; RANGES],
}

impl Pauses {
    pub(super) fn new() -> Self {
        Self { begun: Instant::now(), ranges: [const { AtomicU64::new(0) }; RANGES] }
    }

    /// What to do with a command on keys of the range.
    pub(super) fn verdict(&self, range: usize) -> Verdict {
        self.verdict_at(range, self.now())
    }

    fn verdict_at(&self, range: usize, now: u64) -> Verdict {
        let order = Ordering::Relaxed;
        let until = &self.ranges[range % RANGES];
        match until.load(order) {
            0 => Verdict::Ask,
            due if now < due => Verdict::Skip,
            due => match until.compare_exchange(due, after(now), order, order) {
                Ok(_) => Verdict::Probe,
                Err(_) => Verdict::Skip,
            },
        }
    }

    /// The range answers.
    pub(super) fn end(&self, range: usize) {
        let until = &self.ranges[range % RANGES];
        if until.load(Ordering::Relaxed) != 0 {
            until.store(0, Ordering::Relaxed);
        }
    }

    /// The range does not answer; whether that is news.
    pub(super) fn begin(&self, range: usize) -> bool {
        let until = &self.ranges[range % RANGES];
        until.swap(after(self.now()), Ordering::Relaxed) == 0
    }

    fn now(&self) -> u64 {
        u64::try_from(self.begun.elapsed().as_micros()).unwrap_or(u64::MAX)
    }
}

fn after(now: u64) -> u64 {
    now.saturating_add(PAUSE.as_micros() as u64)
}

/// First key of a command that has one: the first argument, of a script the one behind its number of
/// keys.
pub(super) fn key_of(command: &Cmd) -> Option<&[u8]> {
    let simple = |argument| match argument {
        Arg::Simple(bytes) => Some(bytes),
        _ => None,
    };
    let name = simple(command.args_iter().next()?)?;
    let place = if name.starts_with(b"EVAL") { 3 } else { 1 };
    simple(command.args_iter().nth(place)?)
}

/// Range of the hash slot of a key.
pub(super) fn range_of(key: &[u8]) -> usize {
    usize::from(crc16(hash_tag(key)) % SLOTS) / (usize::from(SLOTS) / RANGES)
}

/// The part of a key that decides its slot: between the first `{` and the next `}`, unless that is
/// nothing.
fn hash_tag(key: &[u8]) -> &[u8] {
    let tag = || {
        let open = key.iter().position(|byte| *byte == b'{')? + 1;
        let rest = key.get(open..)?;
        let close = rest.iter().position(|byte| *byte == b'}')?;
        rest.get(..close).filter(|tag| !tag.is_empty())
    };
    tag().unwrap_or(key)
}

/// CRC-16/XMODEM, by which a Redis cluster finds the slot of a key (cluster specification).
fn crc16(bytes: &[u8]) -> u16 {
    bytes.iter().fold(0, |crc, byte| {
        let step = |crc: u16, _| if crc >> 15 == 0 { crc << 1 } else { crc << 1 ^ 0x1021 };
        (0..u8::BITS).fold(crc ^ u16::from(*byte) << 8, step)
    })
}

#[cfg(test)]
mod tests {
    use deadpool_redis::redis::cmd;

    use super::*;

    #[test]
    fn slots_are_those_of_the_cluster_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(crc16(b"foo") % SLOTS, 12182);
        assert_eq!(range_of(b"foo"), 12182 / 256);
        assert_eq!(range_of(b"a:{foo}:b"), 12182 / 256);
        assert_eq!(hash_tag(b"a{}b"), b"a{}b");
    }

    #[test]
    fn the_key_of_a_command_is_found() {
        assert_eq!(key_of(cmd("GET").arg("k")), Some(&b"k"[..]));
        assert_eq!(key_of(cmd("EVALSHA").arg("d").arg(1).arg("k").arg(2)), Some(&b"k"[..]));
        assert_eq!(key_of(&cmd("PING")), None);
    }

    #[test]
    fn a_range_that_fails_pauses_itself_and_is_probed_by_one() {
        let pauses = Pauses::new();
        assert!(pauses.begin(3), "news");
        assert!(!pauses.begin(3), "none any more");
        assert_eq!(pauses.verdict(2), Verdict::Ask, "another range answers");
        assert_eq!(pauses.verdict(3), Verdict::Skip);
        let later = after(pauses.now());
        assert_eq!(pauses.verdict_at(3, later), Verdict::Probe, "the first one after the pause");
        assert_eq!(pauses.verdict_at(3, later), Verdict::Skip, "and nobody else");
        pauses.end(3);
        assert_eq!(pauses.verdict(3), Verdict::Ask);
    }
}
