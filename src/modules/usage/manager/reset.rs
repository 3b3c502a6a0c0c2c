//! When a counter starts again at 0.

use chrono::{DateTime, Datelike as _, Days, Months, NaiveDateTime, TimeDelta, TimeZone as _, Utc};
use chrono_tz::Tz;

use crate::modules::usage::dto::UsageModule;
use crate::modules::usage::entity::counter::Model;

/// What becomes of a counter whose date has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reset {
    /// Its contract is over: it goes.
    Over,
    /// It counts from 0 until then.
    Until(DateTime<Utc>),
}

/// What becomes at `now` of a counter whose date has come.
pub fn reset(counter: &Model, now: DateTime<Utc>, zone: Tz) -> Reset {
    if counter.end_date < now {
        return Reset::Over;
    }
    let next = next_reset(counter.start_date, now, &counter.frequency, zone);
    Reset::Until(next.unwrap_or(counter.end_date))
}

/// Whether the partner's unlocked pages are locked again with the counter.
pub fn locks_pages(counter: &Model) -> bool {
    counter.namespace == UsageModule::ProfilePage.name()
}

/// Length of a period, by the calendar.
#[derive(Debug, Clone, Copy)]
enum Period {
    Days(u32),
    Months(u32),
}

impl Period {
    fn parse(frequency: &str) -> Option<Self> {
        Some(match frequency.to_ascii_lowercase().as_str() {
            "daily" => Self::Days(1),
            "weekly" => Self::Days(7),
            "monthly" => Self::Months(1),
            "quarterly" => Self::Months(3),
            "yearly" => Self::Months(12),
            _ => return None,
        })
    }

    /// Whole periods between two local times; one too many at most.
    fn between(self, start: NaiveDateTime, now: NaiveDateTime) -> u32 {
        let (elapsed, length) = match self {
            Self::Days(length) => ((now.date() - start.date()).num_days(), length),
            Self::Months(length) => {
                let months = |at: NaiveDateTime| i64::from(at.year()) * 12 + i64::from(at.month());
                (months(now) - months(start), length)
            }
        };
        u32::try_from(elapsed.max(0) / i64::from(length)).unwrap_or(u32::MAX)
    }

    /// `start` plus `count` periods; the day is clamped to the end of a shorter month.
    fn add(self, start: NaiveDateTime, count: u32) -> Option<NaiveDateTime> {
        match self {
            Self::Days(length) => {
                start.checked_add_days(Days::new(u64::from(length) * u64::from(count)))
            }
            Self::Months(length) => {
                start.checked_add_months(Months::new(length.checked_mul(count)?))
            }
        }
    }
}

/// The first `start + k · period` (k ≥ 1) after `now`, counted in the calendar of `zone`.
///
/// Frequencies in any case: `daily`, `weekly`, `monthly`, `quarterly`, `yearly`; `None` for another
/// one, whose counter lasts until the contract ends.
pub fn next_reset(
    start: DateTime<Utc>,
    now: DateTime<Utc>,
    frequency: &str,
    zone: Tz,
) -> Option<DateTime<Utc>> {
    let period = Period::parse(frequency)?;
    let local = |at: DateTime<Utc>| at.with_timezone(&zone).naive_local();
    let start = local(start);
    let first = period.between(start, local(now)).max(1);
    let mut resets = (first..=first.saturating_add(2))
        .filter_map(|count| instant(period.add(start, count)?, zone));
    resets.find(|reset| *reset > now)
}

/// The instant of a local time; inside the gap of a clock change, an hour later.
fn instant(local: NaiveDateTime, zone: Tz) -> Option<DateTime<Utc>> {
    let earliest = |local: NaiveDateTime| zone.from_local_datetime(&local).earliest();
    let after_gap = || earliest(local.checked_add_signed(TimeDelta::hours(1))?);
    Some(earliest(local).or_else(after_gap)?.with_timezone(&Utc))
}

#[cfg(test)]
mod tests {
    use chrono_tz::Asia::Kolkata;
    use chrono_tz::{Europe, UTC};

    use super::*;

    /// Instant of `YYYY-MM-DD HH:MM` in India.
    fn at(text: &str) -> DateTime<Utc> {
        let local = NaiveDateTime::parse_from_str(text, "%Y-%m-%d %H:%M").expect("valid");
        Kolkata.from_local_datetime(&local).single().expect("no gaps").with_timezone(&Utc)
    }

    fn next(start: &str, now: &str, frequency: &str) -> Option<DateTime<Utc>> {
        next_reset(at(start), at(now), frequency, Kolkata)
    }

    #[test]
    fn documented_examples() {
        let cases = [
            ("2024-01-31 00:00", "2024-02-10 00:00", "monthly", "2024-02-29 00:00"),
            ("2024-07-01 00:00", "2024-07-10 00:00", "weekly", "2024-07-15 00:00"),
            ("2023-12-01 00:00", "2024-01-15 00:00", "yearly", "2024-12-01 00:00"),
            ("2024-11-30 00:00", "2024-12-05 00:00", "quarterly", "2025-02-28 00:00"),
        ];
        for (start, now, frequency, expected) in cases {
            assert_eq!(next(start, now, frequency), Some(at(expected)), "{frequency}");
        }
    }

    #[test]
    fn a_counter_starts_again_until_its_contract_is_over() {
        let (start_date, next_reset_on) = (at("2024-07-01 00:00"), at("2024-07-08 00:00"));
        let counter = |frequency: &str| Model {
            id: 1,
            partner_id: 10,
            namespace: "DISCOVERY".to_owned(),
            key: "USAGE".to_owned(),
            limit: 9,
            consumed: 3,
            start_date,
            end_date: at("2024-09-15 00:00"),
            next_reset_on,
            frequency: frequency.to_owned(),
            enabled: true,
            created_at: start_date,
            updated_at: start_date,
        };
        let of = |frequency: &str, now: &str| reset(&counter(frequency), at(now), Kolkata);
        assert_eq!(of("weekly", "2024-07-10 00:00"), Reset::Until(at("2024-07-15 00:00")));
        assert_eq!(of("monthly", "2024-09-14 00:00"), Reset::Until(at("2024-10-01 00:00")));
        assert_eq!(of("once", "2024-09-15 00:00"), Reset::Until(at("2024-09-15 00:00")));
        assert_eq!(of("once", "2024-09-15 00:01"), Reset::Over);
        assert_eq!(of("daily", "2025-01-01 00:00"), Reset::Over);
    }

    #[test]
    fn clamping_does_not_drift() {
        let start = "2024-01-31 09:30";
        assert_eq!(next(start, "2024-02-29 09:30", "MONTHLY"), Some(at("2024-03-31 09:30")));
        assert_eq!(next(start, "2024-04-30 09:29", "Monthly"), Some(at("2024-04-30 09:30")));
        assert_eq!(
            next("2024-02-29 00:00", "2027-03-01 00:00", "yearly"),
            Some(at("2028-02-29 00:00"))
        );
    }

    #[test]
    fn exactly_at_a_reset_the_next_one_counts() {
        let reset = "2024-07-08 00:00";
        assert_eq!(next("2024-07-01 00:00", reset, "weekly"), Some(at("2024-07-15 00:00")));
        assert_eq!(next("2024-07-01 18:00", reset, "daily"), Some(at("2024-07-08 18:00")));
    }

    #[test]
    fn start_in_the_future_resets_one_period_after_it() {
        assert_eq!(
            next("2025-01-10 00:00", "2024-07-08 00:00", "monthly"),
            Some(at("2025-02-10 00:00"))
        );
    }

    #[test]
    fn other_frequencies_never_reset() {
        for frequency in ["", "hourly", "once", " daily"] {
            assert_eq!(next("2024-07-01 00:00", "2024-07-08 00:00", frequency), None);
        }
    }

    #[test]
    fn local_midnight_survives_a_clock_change() {
        let utc = |text: &str| text.parse::<DateTime<Utc>>().expect("valid");
        let start = utc("2024-03-24T01:30:00Z"); // 02:30 in Berlin, a week before the gap
        let next = next_reset(start, utc("2024-03-25T00:00:00Z"), "weekly", Europe::Berlin);
        assert_eq!(next, Some(utc("2024-03-31T01:30:00Z")));
        assert_eq!(next_reset(start, start, "daily", UTC), Some(utc("2024-03-25T01:30:00Z")));
    }

    proptest::proptest! {
        #[test]
        fn is_the_first_one_after_now(
            start in 0_i64..4_000_000_000,
            elapsed in 0_i64..400_000_000,
            frequency in proptest::sample::select(vec!["daily", "weekly", "monthly", "quarterly", "yearly"]),
        ) {
            let instant = |seconds| DateTime::from_timestamp(seconds, 0).expect("in range");
            let (start, now) = (instant(start), instant(start + elapsed));
            let next = next_reset(start, now, frequency, Kolkata).expect("known frequency");
            proptest::prop_assert!(next > now);
            let period = Period::parse(frequency).expect("known frequency");
            let local = start.with_timezone(&Kolkata).naive_local();
            let counted = (1..).find_map(|count| {
                let reset = period.add(local, count).and_then(|at| super::instant(at, Kolkata))?;
                (reset > now).then_some(reset)
            });
            proptest::prop_assert_eq!(Some(next), counted);
        }
    }
}
