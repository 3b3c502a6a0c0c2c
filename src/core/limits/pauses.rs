//! When Redis may be asked again after it failed: requests must not each wait for its timeout.

use std::sync::atomic::{AtomicU64, Ordering};

/// Redis is not asked for this long after it failed, in microseconds.
const PAUSE: u64 = 1_000_000;
/// Hash slots of a Redis cluster.
const SLOTS: u16 = 1 << 14;
/// Ranges of hash slots. Nodes of a cluster own ranges, so one that is away pauses its own keys only.
const RANGES: usize = 64;

/// Time from which on the keys of a range may be asked for, in microseconds of the limiter's clock;
/// 0 = it answers.
pub(super) struct Pauses([AtomicU64; RANGES]);

impl Pauses {
    pub(super) fn new() -> Self {
        Self([const { AtomicU64::new(0) }; RANGES])
    }

    /// Whether the range answers as far as is known; after a pause one request finds out.
    pub(super) fn may_ask(&self, range: usize, now: u64) -> bool {
        let order = Ordering::Relaxed;
        let until = &self.0[range % RANGES];
        match until.load(order) {
            0 => true,
            due => now >= due && until.compare_exchange(due, now + PAUSE, order, order).is_ok(),
        }
    }

    /// The range answers.
    pub(super) fn end(&self, range: usize) {
        self.0[range % RANGES].store(0, Ordering::Relaxed);
    }

    /// The range does not answer.
    pub(super) fn begin(&self, range: usize, now: u64) {
        self.0[range % RANGES].store(now + PAUSE, Ordering::Relaxed);
    }
}

/// Range of the hash slots of the keys with this hash tag.
pub(super) fn range_of(tag: &str) -> usize {
    usize::from(crc16(tag.as_bytes()) % SLOTS) / (usize::from(SLOTS) / RANGES)
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
    use super::*;

    #[test]
    fn slots_are_those_of_the_cluster_specification() {
        assert_eq!(crc16(b"123456789"), 0x31c3);
        assert_eq!(crc16(b"foo") % SLOTS, 12182);
        assert_eq!(range_of("foo"), 12182 / 256);
    }

    #[test]
    fn a_range_that_fails_pauses_itself_and_is_asked_by_one() {
        let pauses = Pauses::new();
        pauses.begin(3, 10);
        assert!(pauses.may_ask(2, 10), "another range answers");
        assert!(!pauses.may_ask(3, 9 + PAUSE));
        assert!(pauses.may_ask(3, 10 + PAUSE), "the first one after the pause");
        assert!(!pauses.may_ask(3, 10 + PAUSE), "and nobody else");
        pauses.end(3);
        assert!(pauses.may_ask(3, 11 + PAUSE));
    }
}
