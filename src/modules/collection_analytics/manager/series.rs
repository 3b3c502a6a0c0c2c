//! Steps of series, and the days that they cover.

use chrono::{DateTime, Days, NaiveDate, Utc};
use chrono_tz::Tz;

use super::super::dto::CollectionPointOut;
use crate::modules::collection_metrics::{
    ClicksPoint, CollectionType, Rollup, SeriesPoint, Window, float,
};

/// First and last instant that a collection measures.
pub type Limits = (Option<DateTime<Utc>>, Option<DateTime<Utc>>);

/// Length of a window that nobody set.
const DAYS: Days = Days::new(90);

/// The days of collections whose first and last instants are these; of a zone's calendar.
pub fn window(kind: CollectionType, limits: &[Limits], (now, zone): (DateTime<Utc>, Tz)) -> Window {
    let day = |at: DateTime<Utc>| at.with_timezone(&zone).date_naive();
    let limits = match kind {
        CollectionType::Post => limits,
        CollectionType::Profile => &[],
    };
    let to = limits.iter().filter_map(|(_, end)| *end).max().map_or_else(|| day(now), day);
    let from = limits.iter().filter_map(|(start, _)| *start).min();
    Window { from: from.map_or_else(|| before(to, DAYS), day), to }
}

/// The last days up to today.
pub fn last_days(now: DateTime<Utc>, zone: Tz) -> Window {
    window(CollectionType::Profile, &[], (now, zone))
}

/// Steps with what came before: views, reach and engagement never fall.
pub fn rising(steps: Vec<SeriesPoint>, rollup: Rollup) -> Vec<CollectionPointOut> {
    let (mut views, mut reach, mut engagement) = (0.0_f64, 0.0_f64, 0);
    let steps = steps.into_iter().map(|step| {
        views = views.max(step.views);
        reach = reach.max(step.reach);
        engagement = engagement.max(step.likes.saturating_add(step.comments));
        let risen = CollectionPointOut {
            total_engagement: engagement,
            ..point(&SeriesPoint { views, reach, ..step })
        };
        dated(risen)
    });
    with_zero(steps.collect(), rollup, true)
}

/// Steps as they are, without dates of their own.
pub fn plain(steps: &[SeriesPoint], rollup: Rollup) -> Vec<CollectionPointOut> {
    with_zero(steps.iter().map(point).collect(), rollup, false)
}

/// Steps of clicks.
pub fn clicks(steps: &[ClicksPoint], rollup: Rollup) -> Vec<CollectionPointOut> {
    let point = |step: &ClicksPoint| {
        dated(CollectionPointOut { clicks: step.clicks, ..beginning(step.starts_on) })
    };
    with_zero(steps.iter().map(point).collect(), rollup, true)
}

fn point(step: &SeriesPoint) -> CollectionPointOut {
    CollectionPointOut {
        total_posts: i64::try_from(step.posts).unwrap_or(i64::MAX),
        views: whole(step.views),
        likes: step.likes,
        comments: step.comments,
        reach: whole(step.reach),
        impressions: whole(step.impressions),
        total_engagement: step.likes.saturating_add(step.comments),
        ..beginning(step.starts_on)
    }
}

fn beginning(day: NaiveDate) -> CollectionPointOut {
    CollectionPointOut { start_of_week: day.to_string(), ..CollectionPointOut::default() }
}

fn dated(point: CollectionPointOut) -> CollectionPointOut {
    CollectionPointOut { date: Some(point.start_of_week.clone()), ..point }
}

/// Before the first step one of zeros.
fn with_zero(
    mut points: Vec<CollectionPointOut>,
    rollup: Rollup,
    is_dated: bool,
) -> Vec<CollectionPointOut> {
    let first = points.first().and_then(|first| first.start_of_week.parse().ok());
    if let Some(first) = first {
        let step = match rollup {
            Rollup::Daily => Days::new(1),
            Rollup::Weekly => Days::new(7),
        };
        let zero = beginning(before(first, step));
        points.insert(0, if is_dated { dated(zero) } else { zero });
    }
    points
}

fn before(day: NaiveDate, days: Days) -> NaiveDate {
    day.checked_sub_days(days).unwrap_or(NaiveDate::MIN)
}

/// Without its fraction.
#[expect(
    clippy::cast_possible_truncation,
    reason = "a sum that is no count is cut at the largest one"
)]
pub(super) fn whole(number: f64) -> i64 {
    number.clamp(0.0, float(i64::MAX)) as i64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn step(day: u32, posts: u64, numbers: (f64, i64, i64, f64)) -> SeriesPoint {
        let (views, likes, comments, reach) = numbers;
        let starts_on = NaiveDate::from_ymd_opt(2024, 5, day).expect("a day");
        SeriesPoint { starts_on, posts, views, likes, comments, impressions: 0.0, reach }
    }

    #[test]
    fn three_numbers_never_fall() {
        let steps = vec![
            step(1, 1, (50.9, 5, 1, 100.0)),
            step(2, 2, (70.0, 5, 1, 110.0)),
            step(3, 1, (61.0, 4, 1, 95.0)),
        ];
        let shown = rising(steps, Rollup::Daily);
        let point = |day: &str| CollectionPointOut {
            start_of_week: day.to_owned(),
            date: Some(day.to_owned()),
            ..CollectionPointOut::default()
        };
        let expected = [
            point("2024-04-30"),
            CollectionPointOut {
                total_posts: 1,
                views: 50,
                likes: 5,
                comments: 1,
                reach: 100,
                total_engagement: 6,
                ..point("2024-05-01")
            },
            CollectionPointOut {
                total_posts: 2,
                views: 70,
                likes: 5,
                comments: 1,
                reach: 110,
                total_engagement: 6,
                ..point("2024-05-02")
            },
            CollectionPointOut {
                total_posts: 1,
                views: 70,
                likes: 4,
                comments: 1,
                reach: 110,
                total_engagement: 6,
                ..point("2024-05-03")
            },
        ];
        assert_eq!(shown, expected);
        assert_eq!(rising(Vec::new(), Rollup::Weekly), []);
    }

    #[test]
    fn a_window_is_what_all_members_cover_in_days_of_the_zone() {
        let at = |text: &str| Some(text.parse::<DateTime<Utc>>().expect("an instant"));
        let now = (at("2024-05-10T20:00:00Z").expect("now"), Tz::Asia__Kolkata);
        let days = |window: Window| (window.from.to_string(), window.to.to_string());
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        let of = |limits: &[_]| days(window(CollectionType::Post, limits, now));
        assert_eq!(of(&[]), pair("2024-02-11", "2024-05-11"));
        let open = [(None, at("2024-04-30T18:29:59Z")), (None, None)];
        assert_eq!(of(&open), pair("2024-01-31", "2024-04-30"));
        let both = [
            (at("2024-02-01T00:00:00Z"), at("2024-03-01T00:00:00Z")),
            (at("2024-01-31T18:30:00Z"), at("2024-03-05T00:00:00Z")),
        ];
        assert_eq!(of(&both), pair("2024-02-01", "2024-03-05"));
        let profiles = window(CollectionType::Profile, &both, now);
        assert_eq!(days(profiles), pair("2024-02-11", "2024-05-11"));
    }
}
