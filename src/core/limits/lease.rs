//! Cells that this process has taken ahead, and for how long they are worth something.

use super::gcra::{Ask, Grant, Limit};
use super::stack::{Decision, decide};

/// A lease is used for this long, and a refusal is repeated for this long at most, in microseconds.
const LIFE: f64 = 1e5;

/// What this process holds of a stack. Times are microseconds of the process's clock.
#[derive(Debug, Default)]
pub(super) struct Lease {
    granted: u32,
    used: u32,
    /// Cells that can still be used: each one that the fastest limit has refilled since is gone.
    left: u32,
    taken_at: f64,
    /// The same by the clock of the store.
    granted_at: f64,
    /// Per limit: microseconds until the bucket is full, at `taken_at`. Empty before the first call.
    ahead: Box<[f64]>,
    refused_until: f64,
}

impl Lease {
    /// Decides from what is held; `None` when the store of the buckets has to be asked.
    pub(super) fn draw(&mut self, limits: &[Limit], now: f64) -> Option<Decision> {
        let age = now - self.taken_at;
        let ahead = self.ahead.iter().map(|ahead| (ahead - age).max(0.0));
        if now < self.refused_until {
            return Some(decide(limits, ahead, false, 0));
        }
        if self.left == 0 || age >= LIFE {
            return None;
        }
        let worth = f64::from(self.granted) - age / fastest(limits);
        self.left = self.left.min(worth.max(0.0) as u32).checked_sub(1)?;
        self.used += 1;
        Some(decide(limits, ahead, true, self.left))
    }

    /// What to ask for next: a lease when the last call was a moment ago, else one cell; at least one for
    /// each request that waits. A lease is what the fastest limit refills in its life, so that it lasts
    /// that long whatever the pace of the requests. The old one ends here: nothing is given back
    /// twice when the answer gets lost.
    pub(super) fn renew(&mut self, limits: &[Limit], now: f64, waiting: u32) -> Ask {
        let is_busy = now - self.taken_at < 2.0 * LIFE;
        let wanted = if is_busy { (LIFE / fastest(limits)).ceil() as u32 } else { 1 };
        let unused = self.granted - self.used;
        (self.granted, self.used, self.left) = (0, 0, 0);
        Ask { wanted: wanted.max(waiting).max(1), unused, since: self.granted_at }
    }

    /// Takes over what was granted to a call that left at `sent_at`, and uses one cell of it.
    pub(super) fn settle(&mut self, limits: &[Limit], sent_at: f64, grant: Grant) -> Decision {
        let used = grant.cells.min(1);
        self.granted = grant.cells;
        self.used = used;
        self.left = grant.cells - used;
        (self.taken_at, self.granted_at) = (sent_at, grant.at);
        self.ahead = grant.ahead;
        let each = limits.iter().zip(&self.ahead);
        let wait = each.map(|(limit, ahead)| limit.wait(*ahead)).fold(0.0, f64::max);
        let repeat = if used == 1 { 0.0 } else { wait.min(LIFE) };
        self.refused_until = sent_at + repeat;
        decide(limits, self.ahead.iter().copied(), used == 1, self.left)
    }
}

/// Microseconds per cell of the limit that refills fastest.
fn fastest(limits: &[Limit]) -> f64 {
    limits.iter().map(Limit::interval).fold(f64::INFINITY, f64::min)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use proptest::prelude::*;

    use super::super::gcra::charge;
    use super::*;

    /// Replicas with one shared set of buckets.
    struct Fleet {
        limits: Vec<Limit>,
        tats: Vec<f64>,
        leases: Vec<Lease>,
        calls: u32,
    }

    impl Fleet {
        fn new(limits: &[Limit], replicas: usize) -> Self {
            let leases = (0..replicas).map(|_| Lease::default()).collect();
            Self { limits: limits.to_vec(), tats: vec![0.0; limits.len()], leases, calls: 0 }
        }

        fn request(&mut self, replica: usize, now: f64) -> Decision {
            let lease = &mut self.leases[replica];
            if let Some(decision) = lease.draw(&self.limits, now) {
                return decision;
            }
            self.calls += 1;
            let ask = lease.renew(&self.limits, now, 1);
            let grant = charge(&self.limits, &mut self.tats, now, ask);
            lease.settle(&self.limits, now, grant)
        }
    }

    fn per_second(count: u32) -> Limit {
        Limit::per("second", count, Duration::from_secs(1))
    }

    #[test]
    fn a_busy_replica_seldom_asks() {
        let mut fleet = Fleet::new(&[per_second(10_000)], 1);
        let admitted = (0..5000)
            .filter(|i| fleet.request(0, 1e9 + f64::from(*i) * 200.0).is_admitted())
            .count();
        assert_eq!(admitted, 5000);
        assert!(fleet.calls < 20, "{} calls in a second", fleet.calls);
    }

    #[test]
    fn an_idle_lease_costs_the_day_nothing() {
        let limits = [per_second(1000), Limit::per("day", 4000, Duration::from_secs(86_400))];
        let mut fleet = Fleet::new(&limits, 1);
        let mut now = 1e9;
        let mut admitted = 0;
        for _ in 0..60 {
            for _ in 0..100 {
                now += 10.0;
                admitted += u32::from(fleet.request(0, now).is_admitted());
            }
            now += 5e5;
        }
        assert!(
            (4000..=4001).contains(&admitted),
            "{admitted}: the day gains one in half a minute"
        );
    }

    #[test]
    fn remaining_counts_down_one_by_one() {
        let limits = [Limit::per("day", 10_000, Duration::from_secs(86_400))];
        let mut fleet = Fleet::new(&limits, 1);
        for used in 1..=500 {
            let standing = fleet.request(0, 1e9 + f64::from(used)).standing();
            assert_eq!(standing.remaining, 10_000 - used);
        }
    }

    #[test]
    fn a_refusal_is_repeated_without_asking() {
        let mut fleet = Fleet::new(&[per_second(2)], 1);
        for _ in 0..100 {
            fleet.request(0, 1e9);
        }
        assert_eq!(fleet.calls, 3);
        let Decision::Refused { retry_after, standing, .. } = fleet.request(0, 1e9) else {
            panic!("admitted")
        };
        assert_eq!((retry_after, standing.remaining), (1, 0));
        assert!(fleet.request(0, 1e9 + 5e5).is_admitted());
    }

    proptest! {
        /// However requests arrive at however many replicas, over no stretch of time are more
        /// admitted than the bucket holds and gains.
        #[test]
        fn leases_never_admit_more_than_the_limits(
            counts in prop::collection::vec(1_u32..400, 1..4),
            arrivals in prop::collection::vec((0_usize..4, 0_u32..20_000, 1_u32..60), 1..120),
        ) {
            let limits: Vec<Limit> = counts
                .iter()
                .zip([1, 10, 60])
                .map(|(count, seconds)| Limit::per("l", *count, Duration::from_secs(seconds)))
                .collect();
            let mut fleet = Fleet::new(&limits, 4);
            let mut now = 1e9;
            let mut admitted: Vec<f64> = Vec::new();
            for (replica, pause, requests) in arrivals {
                now += f64::from(pause);
                for _ in 0..requests {
                    if fleet.request(replica, now).is_admitted() {
                        admitted.push(now);
                    }
                }
            }
            for limit in &limits {
                // Between any two admitted requests: count - time / interval <= burst.
                let mut least = f64::INFINITY;
                for (number, at) in admitted.iter().enumerate() {
                    let level = number as f64 - at / limit.interval();
                    least = least.min(level);
                    prop_assert!(level - least + 1.0 <= f64::from(limit.burst()) + 0.01);
                }
            }
        }
    }
}
