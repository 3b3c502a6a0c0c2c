//! The posts of a collection and their first days as rows of a file.

use super::entry;
use super::series::whole;
use crate::core::types::Platform;
use crate::modules::collection_metrics::{CollectionType, DailyViews, MeasuredPost, float, per};

/// The last day that a row tells.
pub const LAST_DAY: i64 = 42;
const WEEK: i64 = 7;

/// Days that a row tells, with their titles.
const DAYS: [(i64, &str); 12] = [
    (1, "Views - Day 1"),
    (2, "Views - Day 2"),
    (3, "Views - Day 3"),
    (4, "Views - Day 4"),
    (5, "Views - Day 5"),
    (6, "Views - Day 6"),
    (WEEK, "Views - Day 7"),
    (14, "Views - Day 14"),
    (21, "Views - Day 21"),
    (28, "Views - Day 28"),
    (35, "Views - Day 35"),
    (LAST_DAY, "Views - Day 42"),
];

/// Name of the file.
pub fn name_of(platform: Option<Platform>, collection_id: &str) -> String {
    format!("collection-{}-{collection_id}.csv", platform.map_or("", Platform::name))
}

/// Its titles.
pub fn header() -> Vec<&'static str> {
    let of_post = [
        "Creator Name",
        "Video Link",
        "Posted On",
        "Total Views",
        "Cost Per View",
        "Total Likes",
        "Total Comments",
        "Engagement Rate",
        "Spends",
    ];
    let shares = ["Day 1 Views/Total Views", "Week 1 Views/Total Views"];
    of_post.into_iter().chain(DAYS.map(|(_, title)| title)).chain(shares).collect()
}

/// A row; a cell that nobody knows is blank.
pub fn row(kind: CollectionType, post: MeasuredPost, views: Option<&DailyViews>) -> Vec<String> {
    let (total, posted_on) = (post.counters.views, post.published_at);
    let on = |day: i64| views.and_then(|views| views_on(views, day));
    let share = |day: i64| per(float(on(day)?), total).map(|share| format!("{share:.6}"));
    let days = DAYS.map(|(day, _)| shown(on(day)));
    let shares = [share(1), share(WEEK)].map(Option::unwrap_or_default);
    let post = entry::post(kind, post, None);
    let name = Some(post.profile_name).filter(|name| !name.trim().is_empty());
    let of_post = [
        name.unwrap_or(post.profile_handle),
        post.post_link,
        posted_on.to_string(),
        total.to_string(),
        post.costs.cost_per_view.unwrap_or_default(),
        post.counters.likes.to_string(),
        post.counters.comments.to_string(),
        post.engagement_rate,
        post.cost.to_string(),
    ];
    of_post.into_iter().chain(days).chain(shares).collect()
}

/// Views at the end of a day, which never fall; none behind the last observation.
fn views_on(views: &DailyViews, day: i64) -> Option<i64> {
    let until = views.days.iter().filter(|(at, _)| *at <= day);
    let most = until.fold(0.0_f64, |most, (_, views)| most.max(*views));
    (day <= views.last_day).then(|| whole(most))
}

fn shown(number: Option<i64>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_cell_has_a_title() {
        let titles = header();
        assert_eq!(titles.len(), 23);
        let last = &titles[titles.len() - 3..];
        assert_eq!(last, ["Views - Day 42", "Day 1 Views/Total Views", "Week 1 Views/Total Views"]);
    }

    #[test]
    fn a_day_has_what_was_seen_up_to_it() {
        let views = DailyViews {
            platform: "INSTAGRAM".to_owned(),
            post_short_code: "A".to_owned(),
            last_day: 21,
            days: vec![(1, 10.9), (3, 30.0), (4, 25.0), (21, 90.0)],
        };
        let on = |day| views_on(&views, day);
        let found = [1, 2, 3, 4, 7, 14, 21, 28].map(on);
        let expected = [10, 10, 30, 30, 30, 30, 90].map(Some);
        assert_eq!(found, [expected.as_slice(), &[None]].concat()[..]);
    }
}
