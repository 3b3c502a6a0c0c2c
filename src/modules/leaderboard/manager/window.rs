//! The days that a leaderboard covers.

use chrono::{DateTime, Datelike, Days, Months, NaiveDate, Utc};
use chrono_tz::Tz;

/// First and last day, both included.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::modules::leaderboard) struct Window {
    /// First day.
    pub from: NaiveDate,
    /// Last day.
    pub to: NaiveDate,
}

impl Window {
    /// From a day to the end of its month.
    pub(in crate::modules::leaderboard) fn from_day(from: NaiveDate) -> Self {
        let to = (first_of_month(from) + Months::new(1)) - Days::new(1);
        Self { from, to }
    }

    /// The month before the one that `now` falls into in the business time zone.
    pub(in crate::modules::leaderboard) fn previous_month(now: DateTime<Utc>, zone: Tz) -> Self {
        let today = now.with_timezone(&zone).date_naive();
        Self::from_day(first_of_month(today) - Months::new(1))
    }
}

fn first_of_month(day: NaiveDate) -> NaiveDate {
    day - Days::new(u64::from(day.day0()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    #[test]
    fn window_ends_with_its_month() {
        assert_eq!(Window::from_day(date("2024-02-01")).to, date("2024-02-29"));
        assert_eq!(Window::from_day(date("2023-12-01")).to, date("2023-12-31"));
        assert_eq!(Window::from_day(date("2024-05-20")).to, date("2024-05-31"));
    }

    #[test]
    fn previous_month_follows_the_business_zone() {
        let month = |now: &str, zone| {
            let now = now.parse().expect("an instant");
            Window::previous_month(now, zone).from
        };
        // 18:30 UTC is midnight in India.
        assert_eq!(month("2024-05-31T18:29:59Z", Tz::Asia__Kolkata), date("2024-04-01"));
        assert_eq!(month("2024-05-31T18:30:00Z", Tz::Asia__Kolkata), date("2024-05-01"));
        assert_eq!(month("2024-01-31T12:00:00Z", Tz::UTC), date("2023-12-01"));
    }
}
