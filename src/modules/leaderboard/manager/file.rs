//! A leaderboard as rows of a file.

use chrono::NaiveDate;

use crate::core::types::{Platform, ProfilePlatform};
use crate::modules::discovery::SocialAccountOut;
use crate::modules::leaderboard::dto::LeaderboardEntryOut;

/// Rank change of an account without a rank in the month before.
const NEW: &str = "NEW";

/// An entry with its accounts.
struct Line<'a> {
    entry: &'a LeaderboardEntryOut,
    instagram: Option<&'a SocialAccountOut>,
    youtube: Option<&'a SocialAccountOut>,
}

type Column = (&'static str, fn(&Line<'_>) -> String);

const ALL: &[Column] = &[
    ("Rank", rank),
    ("Rank Change", rank_change),
    ("Name", name),
    ("Instagram Account", instagram_account),
    ("Youtube Channel", youtube_account),
    ("Category", category),
    ("Total Followers", total_followers),
    ("Instagram Followers", instagram_followers),
    ("Youtube Subscribers", youtube_followers),
    ("Follower Growth", follower_growth),
    ("Follower Growth Percentage", follower_growth_percentage),
    ("Views (30 days)", views),
];

const INSTAGRAM: &[Column] = &[
    ("Rank", rank),
    ("Rank Change", rank_change),
    ("Name", name),
    ("Instagram Account", instagram_account),
    ("Category", category),
    ("Total Followers", total_followers),
    ("Instagram Followers", instagram_followers),
    ("Follower Growth", follower_growth),
    ("Follower Growth Percentage", follower_growth_percentage),
    ("Engagement Rate", engagement_rate),
    ("Views (30 days)", plays),
];

const YOUTUBE: &[Column] = &[
    ("Rank", rank),
    ("Rank Change", rank_change),
    ("Name", name),
    ("Youtube Account", youtube_account),
    ("Category", category),
    ("Total Followers", total_followers),
    ("Youtube Followers", youtube_followers),
    ("Follower Growth", follower_growth),
    ("Follower Growth Percentage", follower_growth_percentage),
    ("Views (30 days)", views),
    ("Lifetime Views", lifetime_views),
];

/// Name of the file of a leaderboard.
pub(in crate::modules::leaderboard) fn name_of(
    platform: ProfilePlatform,
    month: NaiveDate,
) -> String {
    format!("Leaderboard-{}-{month}.csv", platform.name())
}

/// Titles of the columns.
pub(in crate::modules::leaderboard) fn header(platform: ProfilePlatform) -> Vec<&'static str> {
    columns(platform).iter().map(|(title, _)| *title).collect()
}

/// Cells of an entry.
pub(in crate::modules::leaderboard) fn row(
    platform: ProfilePlatform,
    entry: &LeaderboardEntryOut,
) -> Vec<String> {
    let line = Line {
        entry,
        instagram: account(entry, Platform::Instagram),
        youtube: account(entry, Platform::Youtube),
    };
    columns(platform).iter().map(|(_, cell)| cell(&line)).collect()
}

fn columns(platform: ProfilePlatform) -> &'static [Column] {
    match platform {
        ProfilePlatform::All => ALL,
        ProfilePlatform::One(Platform::Instagram) => INSTAGRAM,
        ProfilePlatform::One(Platform::Youtube) => YOUTUBE,
    }
}

fn account(entry: &LeaderboardEntryOut, platform: Platform) -> Option<&SocialAccountOut> {
    let mut accounts = entry.account_info.linked_socials.iter().flatten();
    accounts.find(|account| account.platform == Some(platform))
}

fn rank(line: &Line<'_>) -> String {
    line.entry.rank.to_string()
}

/// Empty for an account without a rank in this month.
fn rank_change(line: &Line<'_>) -> String {
    match line.entry.rankchange {
        Some(change) => change.to_string(),
        None if line.entry.rank == 0 => String::new(),
        None => NEW.to_owned(),
    }
}

fn name(line: &Line<'_>) -> String {
    line.entry.account_info.name.clone().unwrap_or_default()
}

fn instagram_account(line: &Line<'_>) -> String {
    line.instagram.and_then(|account| account.handle.clone()).unwrap_or_default()
}

fn youtube_account(line: &Line<'_>) -> String {
    let Some(account) = line.youtube else {
        return String::new();
    };
    let username = account.username.as_ref().filter(|name| !name.is_empty());
    username.or(account.name.as_ref()).cloned().unwrap_or_default()
}

fn category(line: &Line<'_>) -> String {
    line.entry.category.clone()
}

fn total_followers(line: &Line<'_>) -> String {
    let followers = |account: Option<&SocialAccountOut>| followers(account).unwrap_or_default();
    followers(line.instagram).saturating_add(followers(line.youtube)).to_string()
}

fn instagram_followers(line: &Line<'_>) -> String {
    text(followers(line.instagram))
}

fn youtube_followers(line: &Line<'_>) -> String {
    text(followers(line.youtube))
}

fn followers(account: Option<&SocialAccountOut>) -> Option<i64> {
    account?.followers.filter(|followers| *followers != 0)
}

fn follower_growth(line: &Line<'_>) -> String {
    count(line.entry.leaderboard_metrics.metrics.followers_change)
}

fn follower_growth_percentage(line: &Line<'_>) -> String {
    percentage(line.entry.leaderboard_metrics.metrics.follower_growth_percentage)
}

fn engagement_rate(line: &Line<'_>) -> String {
    percentage(line.entry.leaderboard_metrics.metrics.engagement_rate_percentage)
}

fn views(line: &Line<'_>) -> String {
    count(line.entry.leaderboard_metrics.metrics.views)
}

fn plays(line: &Line<'_>) -> String {
    count(line.entry.leaderboard_metrics.metrics.plays)
}

fn lifetime_views(line: &Line<'_>) -> String {
    count(line.entry.account_info.views)
}

/// Figures leave zeros out; a file writes them.
fn count(value: Option<i64>) -> String {
    value.unwrap_or_default().to_string()
}

fn percentage(value: Option<f64>) -> String {
    format!("{:.6}", value.unwrap_or_default())
}

fn text(value: Option<i64>) -> String {
    value.map(|value| value.to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::leaderboard::dto::{
        AccountInfoOut, LeaderboardMetricsOut, RankedMetricsOut,
    };

    fn entry() -> LeaderboardEntryOut {
        let account = |platform, followers| SocialAccountOut {
            platform: Some(platform),
            handle: Some(format!("{platform}-handle")),
            name: Some(format!("{platform} name")),
            followers: Some(followers),
            ..SocialAccountOut::default()
        };
        LeaderboardEntryOut {
            id: 1,
            rank: 3,
            rankchange: None,
            platform: "ALL".to_owned(),
            platform_code: "4".to_owned(),
            month: "2024-05-01".parse().expect("a day"),
            category: "Food".to_owned(),
            language: String::new(),
            country: String::new(),
            is_verified: None,
            account_info: AccountInfoOut {
                name: Some("Asha".to_owned()),
                views: Some(900),
                linked_socials: Some(vec![
                    account(Platform::Youtube, 0),
                    account(Platform::Instagram, 1_000),
                ]),
                ..AccountInfoOut::default()
            },
            follower_graph: None,
            view_graph: None,
            plays_graph: None,
            leaderboard_metrics: LeaderboardMetricsOut {
                metrics: RankedMetricsOut {
                    followers_change: Some(-5),
                    follower_growth_percentage: Some(-0.5),
                    engagement_rate_percentage: Some(3.25),
                    views: Some(70),
                    plays: Some(60),
                    ..RankedMetricsOut::default()
                },
            },
        }
    }

    fn cells(platform: ProfilePlatform, entry: &LeaderboardEntryOut) -> String {
        assert_eq!(header(platform).len(), row(platform, entry).len());
        row(platform, entry).join("|")
    }

    #[test]
    fn every_platform_has_its_columns() {
        let entry = entry();
        assert_eq!(
            cells(ProfilePlatform::All, &entry),
            "3|NEW|Asha|INSTAGRAM-handle|YOUTUBE name|Food|1000|1000||-5|-0.500000|70"
        );
        assert_eq!(
            cells(ProfilePlatform::One(Platform::Instagram), &entry),
            "3|NEW|Asha|INSTAGRAM-handle|Food|1000|1000|-5|-0.500000|3.250000|60"
        );
        assert_eq!(
            cells(ProfilePlatform::One(Platform::Youtube), &entry),
            "3|NEW|Asha|YOUTUBE name|Food|1000||-5|-0.500000|70|900"
        );
    }

    #[test]
    fn unranked_and_unknown_accounts_have_empty_cells() {
        let unknown = LeaderboardEntryOut {
            rank: 0,
            account_info: AccountInfoOut::default(),
            leaderboard_metrics: LeaderboardMetricsOut::default(),
            ..entry()
        };
        assert_eq!(cells(ProfilePlatform::All, &unknown), "0|||||Food|0|||0|0.000000|0");
        let moved = LeaderboardEntryOut { rankchange: Some(-2), ..unknown };
        assert!(cells(ProfilePlatform::All, &moved).starts_with("0|-2|"));
    }

    #[test]
    fn files_are_named_by_platform_and_month() {
        let month = "2024-05-01".parse().expect("a day");
        assert_eq!(name_of(ProfilePlatform::All, month), "Leaderboard-ALL-2024-05-01.csv");
    }
}
