//! Times of the wall clock in the notation of cron.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use chrono::{DateTime, Utc};
use chrono_tz::Tz;
use croner::parser::{CronParser, Seconds, Year};
use serde::{Deserialize, Deserializer};

/// `minute hour day month weekday`, for example `30 3 * * *`: at half past three. It belongs to no zone
/// until [`Cron::next_after`] names one.
///
/// Where clocks are put forward over a time, it is the first minute that exists; where they are put back,
/// a time that comes twice is meant once. Expressions with `*` or steps of hours or minutes follow the
/// clock instead: what is skipped does not happen, what is repeated happens again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron(Arc<croner::Cron>);

impl Cron {
    /// The first time after `instant` by the clocks of `zone`; `None` if there is none in this age.
    pub fn next_after(&self, instant: DateTime<Utc>, zone: Tz) -> Option<DateTime<Utc>> {
        let next = self.0.find_next_occurrence(&instant.with_timezone(&zone), false).ok()?;
        Some(next.with_timezone(&Utc))
    }
}

impl FromStr for Cron {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let refuse = |reason: &dyn fmt::Display| format!("no schedule of cron: {text:?}: {reason}");
        let parser = CronParser::builder().seconds(Seconds::Disallowed).year(Year::Disallowed);
        let cron = parser.build().parse(text).map_err(|error| refuse(&error))?;
        let cron = Self(Arc::new(cron));
        match cron.next_after(Utc::now(), Tz::UTC) {
            Some(_) => Ok(cron),
            None => Err(refuse(&"it never comes")),
        }
    }
}

impl fmt::Display for Cron {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0.as_str())
    }
}

impl<'de> Deserialize<'de> for Cron {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer)?.parse().map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn next(cron: &str, after: &str, zone: Tz) -> String {
        let cron: Cron = cron.parse().expect("a schedule");
        let next = cron.next_after(after.parse().expect("an instant"), zone).expect("a time");
        next.to_rfc3339()
    }

    #[test]
    fn times_are_those_of_the_zone() {
        let kolkata = next("30 3 * * *", "2026-03-01T22:00:00Z", Tz::Asia__Kolkata);
        assert_eq!(kolkata, "2026-03-02T22:00:00+00:00");
        let utc = next("30 3 * * *", "2026-03-01T22:00:00Z", Tz::UTC);
        assert_eq!(utc, "2026-03-02T03:30:00+00:00");
    }

    #[test]
    fn a_day_on_which_clocks_are_put_has_each_time_once() {
        let berlin = Tz::Europe__Berlin;
        // 02:30 does not exist on this day: 03:00 follows 01:59.
        let forward = next("30 2 * * *", "2026-03-28T12:00:00Z", berlin);
        assert_eq!(forward, "2026-03-29T01:00:00+00:00");
        // 02:30 comes twice on this day, at 00:30 and 01:30 UTC.
        let first = next("30 2 * * *", "2026-10-24T12:00:00Z", berlin);
        assert_eq!(first, "2026-10-25T00:30:00+00:00");
        let second = next("30 2 * * *", &first, berlin);
        assert_eq!(second, "2026-10-26T01:30:00+00:00");
    }

    #[test]
    fn what_is_no_schedule_is_refused() {
        for bad in ["", "daily", "61 * * * *", "0 0 3 * * *", "0 0 30 2 *", "* * * *"] {
            let refused = bad.parse::<Cron>().expect_err(bad);
            assert!(refused.contains("no schedule of cron"), "{refused}");
        }
    }
}
