//! Failed attempts to sign in: who has to wait, and for how long.
//!
//! They are counted three times. Wrong passwords of one person from one place block that pair. A place
//! that fails for many people is blocked for all of them. Everywhere else the person's attempts are
//! slowed only, so that nobody can lock a person out from where that person is; and where the person
//! signed in before they are not even slowed.

use chrono::{DateTime, Duration, Utc};

use crate::core::config::AuthConfig;
use crate::modules::identity::entity::{Count, Counts};

/// Where a person signed in within so many days nobody else's failures matter.
const FAMILIAR_DAYS: i64 = 90;
/// Longest pause between attempts for one person, in seconds.
const LONGEST_PAUSE_SECS: i64 = 60;
/// A person is told of blocked attempts once in so many hours.
const TOLD_HOURS: i64 = 24;

/// When attempts are refused.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Rules {
    /// Failures in a row of one person at one place, after which the pair is blocked; 0 = never.
    pub per_pair: i32,
    /// Failures of one place after which it is blocked; 0 = never.
    pub per_place: i32,
    /// How long, and for how long failures of a place and of a person are remembered.
    pub block: Duration,
}

/// What an attempt comes to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Signed in.
    Admitted,
    /// A failure.
    Failed,
    /// A failure that blocks the pair; the person is to be told of it.
    FailedAndTold,
    /// Not looked at.
    Blocked,
}

impl Rules {
    pub(crate) fn new(config: &AuthConfig) -> Self {
        let count = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
        Self {
            per_pair: count(config.max_failed_logins),
            per_place: count(config.max_failed_logins_per_address),
            block: Duration::seconds(config.lockout_secs.into()),
        }
    }

    /// Whether an attempt is refused before its password is looked at.
    pub(crate) fn is_blocked(&self, counts: &Counts, now: DateTime<Utc>) -> bool {
        let is_ahead = |instant: Option<DateTime<Utc>>| instant.is_some_and(|at| at > now);
        let is_familiar = is_ahead(counts.pair.familiar_until);
        is_ahead(counts.place.blocked_until)
            || is_ahead(counts.pair.blocked_until)
            || !is_familiar && is_ahead(counts.person.blocked_until)
    }

    /// Counts an attempt; what becomes of the counts.
    pub(crate) fn count(
        &self,
        mut counts: Counts,
        fits: bool,
        now: DateTime<Utc>,
    ) -> (Outcome, Counts) {
        if self.is_blocked(&counts, now) {
            return (Outcome::Blocked, counts);
        }
        let Counts { place, pair, person } = &mut counts;
        if fits {
            let familiar_until = Some(now + Duration::days(FAMILIAR_DAYS));
            *pair = Count { familiar_until, updated_at: Some(now), ..Count::default() };
            let told_at = person.told_at;
            *person = Count { told_at, updated_at: Some(now), ..Count::default() };
            return (Outcome::Admitted, counts);
        }
        let forgotten = |count: &Count| count.updated_at.is_none_or(|at| at + self.block <= now);
        for count in [&mut *place, &mut *person] {
            count.failures = if forgotten(count) { 1 } else { count.failures.saturating_add(1) };
        }
        // A block that is over starts a new count.
        let was_blocked = pair.blocked_until.take().is_some();
        pair.failures = if was_blocked { 1 } else { pair.failures.saturating_add(1) };
        place.blocked_until =
            (self.per_place > 0 && place.failures >= self.per_place).then(|| now + self.block);
        let is_blocked = self.per_pair > 0 && pair.failures >= self.per_pair;
        pair.blocked_until = is_blocked.then(|| now + self.block);
        person.blocked_until = (self.per_pair > 0 && person.failures >= self.per_pair)
            .then(|| now + pause(person.failures - self.per_pair));
        for count in [place, pair, &mut *person] {
            count.updated_at = Some(now);
        }
        let is_told = person.told_at.is_some_and(|at| at + Duration::hours(TOLD_HOURS) > now);
        if is_blocked && !is_told {
            person.told_at = Some(now);
            return (Outcome::FailedAndTold, counts);
        }
        (Outcome::Failed, counts)
    }
}

/// Doubles from one second on.
fn pause(more: i32) -> Duration {
    let seconds = 1_i64.checked_shl(more.clamp(0, 16).unsigned_abs()).unwrap_or(i64::MAX);
    Duration::seconds(seconds.min(LONGEST_PAUSE_SECS))
}

#[cfg(test)]
mod tests {
    use super::*;

    const RULES: Rules = Rules { per_pair: 5, per_place: 100, block: Duration::seconds(900) };

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::from_timestamp(1_700_000_000 + seconds, 0).expect("in range")
    }

    /// Counts of the last of `failures` at second 0 at one place, as another place sees them.
    fn seen_elsewhere(failures: usize) -> Counts {
        let mut counts = Counts::default();
        for _ in 0..failures {
            counts = RULES.count(counts, false, at(0)).1;
        }
        Counts { person: counts.person, ..Counts::default() }
    }

    #[test]
    fn a_pair_is_blocked_and_told_once_and_another_place_is_slowed() {
        let mut counts = Counts::default();
        for failure in 1..=5 {
            let (outcome, next) = RULES.count(counts, false, at(0));
            let told = if failure == 5 { Outcome::FailedAndTold } else { Outcome::Failed };
            assert_eq!(outcome, told, "{failure}");
            counts = next;
        }
        assert!(RULES.is_blocked(&counts, at(899)));
        assert_eq!(RULES.count(counts.clone(), true, at(899)), (Outcome::Blocked, counts.clone()));
        assert!(!RULES.is_blocked(&counts, at(900)));
        let elsewhere = Counts { person: counts.person.clone(), ..Counts::default() };
        assert!(RULES.is_blocked(&elsewhere, at(0)));
        assert!(!RULES.is_blocked(&elsewhere, at(1)), "a second later");
        assert_eq!(RULES.count(elsewhere, true, at(1)).0, Outcome::Admitted);
        let again = RULES.count(counts, false, at(900));
        assert_eq!((again.0, again.1.pair.failures), (Outcome::Failed, 1), "a new count");
    }

    #[test]
    fn pauses_grow_to_a_minute_but_not_where_the_person_was_before() {
        for (failures, pause) in [(5, 1), (6, 2), (7, 4), (10, 32), (11, 60), (60, 60)] {
            let mut counts = Counts::default();
            for _ in 0..failures {
                // Each failure from a place of its own, after the pause.
                let blocked_until = None;
                let person = Count { blocked_until, ..counts.person };
                counts = RULES.count(Counts { person, ..Counts::default() }, false, at(0)).1;
            }
            let counts = Counts { person: counts.person, ..Counts::default() };
            assert!(RULES.is_blocked(&counts, at(pause - 1)), "{failures}");
            assert!(!RULES.is_blocked(&counts, at(pause)), "{failures}");
        }
        let mut familiar = seen_elsewhere(5);
        familiar.pair.familiar_until = Some(at(1));
        assert!(!RULES.is_blocked(&familiar, at(0)));
    }

    #[test]
    fn a_place_that_fails_for_many_people_is_blocked_for_all() {
        let mut place = Count::default();
        for _ in 0..100 {
            let counts = Counts { place, ..Counts::default() };
            assert!(!RULES.is_blocked(&counts, at(0)));
            place = RULES.count(counts, false, at(0)).1.place;
        }
        let stranger = Counts { place: place.clone(), ..Counts::default() };
        assert!(RULES.is_blocked(&stranger, at(899)) && !RULES.is_blocked(&stranger, at(900)));
        let later = RULES.count(Counts { place, ..Counts::default() }, false, at(901)).1;
        assert_eq!(later.place.failures, 1, "failures long ago are forgotten");
    }

    #[test]
    fn zero_means_never() {
        let rules = Rules { per_pair: 0, per_place: 0, ..RULES };
        let mut counts = Counts::default();
        for _ in 0..1000 {
            counts = rules.count(counts, false, at(0)).1;
        }
        assert!(!rules.is_blocked(&counts, at(0)));
        assert_eq!(counts.pair.failures, 1000);
    }
}
