//! A collection as rows of a file.

use super::super::dto::Column;
use crate::core::types::Platform;
use crate::modules::discovery::ProfileOut;

type Cell = fn(&ProfileOut) -> String;

const INSTAGRAM: &[(&str, Cell)] = &[
    ("Name", name),
    ("Url", |profile| address("https://www.instagram.com/", profile)),
    ("Followers", |profile| shown(profile.metrics.followers)),
    ("EnagagementRate", |profile| {
        format!("{:.2}%", profile.metrics.engagement_rate_percentage.unwrap_or_default())
    }),
    ("Avg Likes", |profile| shown(profile.metrics.avg_likes)),
    ("Avg Reels Plays", |profile| decimal(profile.metrics.avg_reels_play_count)),
    ("Reels Reach", |profile| shown(profile.metrics.reels_reach)),
    ("Image Reach", |profile| shown(profile.metrics.image_reach)),
    ("Story Reach", |profile| shown(profile.metrics.story_reach)),
];

const YOUTUBE: &[(&str, Cell)] = &[
    ("Name", name),
    ("Url", |profile| address("https://www.youtube.com/channel/", profile)),
    ("Subscribers", |profile| shown(profile.metrics.followers)),
    ("Avg Views", |profile| decimal(profile.metrics.avg_views)),
];

fn cells(platform: Platform) -> &'static [(&'static str, Cell)] {
    match platform {
        Platform::Instagram => INSTAGRAM,
        Platform::Youtube => YOUTUBE,
    }
}

/// Name of the file.
pub fn name_of(collection_id: i64, platform: Platform) -> String {
    format!("collection_{collection_id}_{}.csv", platform.name())
}

/// Its titles: those of the platform, then those of the custom columns.
pub fn header(platform: Platform, columns: &[Column]) -> Vec<&str> {
    let titles = cells(platform).iter().map(|(title, _)| *title);
    titles.chain(columns.iter().map(|column| column.title.as_str())).collect()
}

/// A row; `value` is what its item has in a custom column. Where that is blank the column's default stands.
pub fn row<'a>(
    (platform, columns): (Platform, &[Column]),
    profile: &ProfileOut,
    value: impl Fn(&str) -> Option<&'a str>,
) -> Vec<String> {
    let custom = columns.iter().map(|column| {
        let own = value(&column.key).filter(|text| !text.trim().is_empty());
        own.or(column.value.as_deref()).unwrap_or_default().to_owned()
    });
    cells(platform).iter().map(|(_, cell)| cell(profile)).chain(custom).collect()
}

fn name(profile: &ProfileOut) -> String {
    let name = profile.name.as_deref().filter(|name| !name.trim().is_empty());
    name.or(profile.handle.as_deref()).unwrap_or_default().to_owned()
}

fn address(place: &str, profile: &ProfileOut) -> String {
    profile.handle.as_deref().map(|handle| format!("{place}{handle}")).unwrap_or_default()
}

/// A number as it is, without an exponent.
fn shown(number: Option<impl ToString>) -> String {
    number.map(|number| number.to_string()).unwrap_or_default()
}

fn decimal(number: Option<f64>) -> String {
    number.map(|number| format!("{number:.2}")).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_plainly() {
        assert_eq!(shown(Some(1_000_000.5)), "1000000.5");
        assert_eq!(shown(Some(1.0)), "1");
        assert_eq!(shown(Some(9_007_199_254_740_993_i64)), "9007199254740993");
        assert_eq!(shown(None::<i64>), "");
        assert_eq!(
            (decimal(Some(45_678.125)), decimal(Some(-0.5))),
            ("45678.12".into(), "-0.50".into())
        );
    }
}
