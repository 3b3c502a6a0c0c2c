//! The generic cell rate algorithm over a stack of limits. Pure: times are microseconds from any
//! origin, the store of the buckets is the caller's.
//!
//! A bucket is one number, its theoretical arrival time: when it will be full again. A cell moves it
//! by one interval; it may run ahead of now by at most `burst` intervals.

use std::borrow::Cow;
use std::time::Duration;

/// A lease takes at most this part of what any of its limits has left.
pub(super) const SHARE: u32 = 8;
/// Part of a cell that rounding may cost.
const SLACK: f64 = 1e-3;

/// At most `burst` requests at once and `count` per period in the long run.
#[derive(Debug, Clone, PartialEq)]
pub struct Limit {
    name: Cow<'static, str>,
    burst: u32,
    /// Microseconds per cell.
    interval: f64,
}

impl Limit {
    /// `count` requests per `period`, at once if the caller likes. 0 counts as 1. The name tells the
    /// limit from others of its stack, and buckets of one limit from each other.
    pub fn per(name: impl Into<Cow<'static, str>>, count: u32, period: Duration) -> Self {
        let burst = count.max(1);
        let interval = period.as_secs_f64() * 1e6 / f64::from(burst);
        Self { name: name.into(), burst, interval }
    }

    /// With fewer, or more, requests at once than per period. 0 counts as 1.
    pub fn with_burst(mut self, burst: u32) -> Self {
        self.burst = burst.max(1);
        self
    }

    /// Name of the limit.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Requests at once.
    pub fn burst(&self) -> u32 {
        self.burst
    }

    /// Microseconds per cell.
    pub(super) fn interval(&self) -> f64 {
        self.interval
    }

    /// Cells left in a bucket that is full again in `ahead` microseconds.
    pub(super) fn free(&self, ahead: f64) -> u32 {
        (f64::from(self.burst) - ahead / self.interval + SLACK).max(0.0) as u32
    }

    /// Microseconds until such a bucket has a cell.
    pub(super) fn wait(&self, ahead: f64) -> f64 {
        (ahead - f64::from(self.burst - 1) * self.interval).max(0.0)
    }

    /// Cells that a request may take at once of `free` ones.
    pub(super) fn grantable(free: u32) -> u32 {
        (free / SHARE).max(free.min(1))
    }
}

/// What a stack is asked for.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) struct Ask {
    /// Cells; one, or a lease.
    pub wanted: u32,
    /// Cells of the last lease that nobody used.
    pub unused: u32,
    /// When that lease was granted, by the clock of the store. What refilled since then has been given
    /// back already.
    pub since: f64,
}

impl Ask {
    /// One cell, nothing to give back.
    pub(super) const ONE: Self = Self { wanted: 1, unused: 0, since: 0.0 };
}

/// What a stack answers.
#[derive(Debug, Clone, PartialEq)]
pub(super) struct Grant {
    /// Cells; 0 = refused, and nothing is charged.
    pub cells: u32,
    /// When, by the clock of the store.
    pub at: f64,
    /// Per limit: microseconds until its bucket is full again.
    pub ahead: Box<[f64]>,
}

/// Charges all limits, or none. `tats` are their theoretical arrival times.
pub(super) fn charge(limits: &[Limit], tats: &mut [f64], now: f64, ask: Ask) -> Grant {
    let mut cells = ask.wanted;
    for (limit, tat) in limits.iter().zip(tats.iter_mut()) {
        let back = (f64::from(ask.unused) * limit.interval - (now - ask.since).max(0.0)).max(0.0);
        *tat = (*tat - back).max(now);
        cells = cells.min(Limit::grantable(limit.free(*tat - now)));
    }
    for (limit, tat) in limits.iter().zip(tats.iter_mut()) {
        *tat += f64::from(cells) * limit.interval;
    }
    Grant { cells, at: now, ahead: tats.iter().map(|tat| tat - now).collect() }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SECOND: f64 = 1e6;

    fn one(limits: &[Limit], tats: &mut [f64], now: f64) -> bool {
        charge(limits, tats, now, Ask::ONE).cells == 1
    }

    #[test]
    fn a_burst_is_admitted_and_then_one_per_interval() {
        let limits = [Limit::per("a", 10, Duration::from_secs(1))];
        let mut tats = [0.0];
        let start = 100.0 * SECOND;
        assert_eq!((0..20).filter(|_| one(&limits, &mut tats, start)).count(), 10);
        assert!(!one(&limits, &mut tats, start + 0.09 * SECOND));
        assert!(one(&limits, &mut tats, start + 0.1 * SECOND));
        assert!(!one(&limits, &mut tats, start + 0.1 * SECOND));
        assert_eq!((0..20).filter(|_| one(&limits, &mut tats, start + 5.0 * SECOND)).count(), 10);
    }

    #[test]
    fn a_smaller_burst_spreads_the_requests() {
        let limits = [Limit::per("a", 60, Duration::from_secs(60)).with_burst(2)];
        let mut tats = [0.0];
        assert_eq!((0..20).filter(|_| one(&limits, &mut tats, SECOND)).count(), 2);
        assert!(one(&limits, &mut tats, 2.0 * SECOND));
    }

    #[test]
    fn daily_minute_and_handle_compose_and_a_refusal_charges_nothing() {
        let limits = [
            Limit::per("daily", 5, Duration::from_secs(86_400)),
            Limit::per("minute", 3, Duration::from_secs(60)),
            Limit::per("handle_a", 1, Duration::from_secs(1)),
        ];
        let mut tats = [0.0; 3];
        let mut now = 1e4 * SECOND;
        assert!(one(&limits, &mut tats, now));
        let before = tats;
        for _ in 0..50 {
            assert!(!one(&limits, &mut tats, now), "the handle refuses");
        }
        assert_eq!(tats[..2], before[..2], "the other two are not charged");
        for _ in 0..2 {
            now += SECOND;
            assert!(one(&limits, &mut tats, now));
        }
        now += SECOND;
        let refused = charge(&limits, &mut tats, now, Ask::ONE);
        let waits: Vec<_> = limits.iter().zip(&refused.ahead).map(|(l, a)| l.wait(*a)).collect();
        assert_eq!((refused.cells, waits[0], waits[2]), (0, 0.0, 0.0), "the minute refuses");
        assert!((16.0 * SECOND..20.0 * SECOND).contains(&waits[1]), "{waits:?}");
        let mut admitted = 3;
        for _ in 0..600 {
            now += SECOND;
            admitted += u32::from(one(&limits, &mut tats, now));
        }
        assert_eq!(admitted, 5, "the day refuses");
    }

    #[test]
    fn a_lease_takes_a_share_and_gives_back_what_did_not_refill() {
        let limits = [
            Limit::per("second", 1000, Duration::from_secs(1)),
            Limit::per("daily", 8000, Duration::from_secs(86_400)),
        ];
        let mut tats = [0.0; 2];
        let now = 1e6 * SECOND;
        let lease = charge(&limits, &mut tats, now, Ask { wanted: 5000, ..Ask::ONE });
        assert_eq!(lease.cells, 125);
        let later = now + 0.1 * SECOND;
        let ask = Ask { wanted: 1, unused: 125, since: now };
        let next = charge(&limits, &mut tats, later, ask);
        assert_eq!(limits[0].free(next.ahead[0]), 999);
        assert_eq!(limits[1].free(next.ahead[1]), 7999);
    }
}
