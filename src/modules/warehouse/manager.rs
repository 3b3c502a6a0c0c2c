//! Which generations are needed, and when the next one is due.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta, Utc};

use super::entity::{Generation, Observed};

/// How long a generation stays after a newer one was published: longer than any answer takes that began
/// with it.
const KEPT: TimeDelta = TimeDelta::hours(2);
/// Observations that are younger may be those of an import that rebuilds everything itself at its end.
const SETTLED: TimeDelta = TimeDelta::minutes(5);
/// Age at which a generation is replaced although observations keep coming.
const OUTDATED: TimeDelta = TimeDelta::hours(1);

/// The generation that answers read; `None` before the first rebuild.
pub(super) fn published(log: &[Generation]) -> Option<&Generation> {
    log.iter().rev().find(|generation| generation.published_at.is_some())
}

/// Whether a rebuild is due, while none runs: the last one broke off, or there are observations that it
/// did not see.
pub(super) fn is_due(log: &[Generation], observed: Observed) -> bool {
    let Observed { now, observed_at } = observed;
    let begun_at = published(log).map_or(DateTime::UNIX_EPOCH, |generation| generation.begun_at);
    let broke_off = log.last().is_some_and(|last| last.published_at.is_none());
    let settled = observed_at + SETTLED <= now;
    broke_off || observed_at > begun_at && (settled || begun_at + OUTDATED <= now)
}

/// Those of the `stored` generations that nobody needs while the rebuild `own` runs, if one does: what broke
/// off, and what no answer reads any more.
pub(super) fn superfluous(
    log: &[Generation],
    stored: &BTreeSet<u64>,
    own: Option<u64>,
    now: DateTime<Utc>,
) -> Vec<u64> {
    let of = |number: u64| log.iter().find(|generation| generation.generation == number);
    let is_needed = |number: u64| {
        let is_published = number == 0 || of(number).is_some_and(|g| g.published_at.is_some());
        let later = log.iter().filter(|generation| generation.generation > number);
        let replaced_at = later.filter_map(|generation| generation.published_at).min();
        let is_read = is_published && replaced_at.is_none_or(|at| at + KEPT > now);
        is_read || own == Some(number)
    };
    stored.iter().copied().filter(|number| !is_needed(*number)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn minute(minute: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::days(20_000) + TimeDelta::minutes(minute)
    }

    fn begun(generation: u64, at: i64) -> Generation {
        Generation { generation, begun_at: minute(at), published_at: None }
    }

    fn complete(generation: u64, at: i64) -> Generation {
        Generation { published_at: Some(minute(at + 1)), ..begun(generation, at) }
    }

    #[test]
    fn a_rebuild_is_due_when_one_broke_off_or_did_not_see_what_came_later() {
        let due = |log: &[Generation], observed_at, now| {
            is_due(log, Observed { now: minute(now), observed_at: minute(observed_at) })
        };
        let nothing = Observed { now: minute(0), observed_at: DateTime::UNIX_EPOCH };
        assert!(!is_due(&[], nothing), "nothing to derive from");
        assert!(due(&[], 0, 5), "observed, never derived");
        assert!(!due(&[complete(1, 10)], 9, 60), "seen");
        assert!(!due(&[complete(1, 10)], 12, 16), "an import may be at it");
        assert!(due(&[complete(1, 10)], 12, 17), "it is not");
        assert!(due(&[complete(1, 10)], 70, 70), "somebody never stops");
        assert!(due(&[complete(1, 10), begun(2, 11)], 9, 12), "broke off");
        assert!(!due(&[begun(1, 9), complete(2, 10)], 9, 60), "and was finished");
    }

    #[test]
    fn what_broke_off_or_was_replaced_long_ago_is_superfluous() {
        let log = [complete(1, 0), begun(2, 10), complete(3, 20), complete(4, 100), begun(5, 130)];
        let stored = BTreeSet::from([0, 1, 2, 3, 4, 5]);
        let superfluous = |own, now| superfluous(&log, &stored, own, minute(now));
        assert_eq!(superfluous(Some(5), 130), [0, 2], "1 was replaced 109 minutes ago");
        assert_eq!(superfluous(Some(5), 141), [0, 1, 2]);
        assert_eq!(superfluous(Some(5), 10_000), [0, 1, 2, 3]);
        assert_eq!(superfluous(None, 10_000), [0, 1, 2, 3, 5]);
    }

    #[test]
    fn rows_of_before_the_first_rebuild_are_needed_until_there_is_one() {
        let stored = BTreeSet::from([0, 1]);
        assert_eq!(superfluous(&[begun(1, 0)], &stored, Some(1), minute(10_000)), [0; 0]);
        assert_eq!(superfluous(&[complete(1, 0)], &stored, None, minute(10_000)), [0]);
    }
}
