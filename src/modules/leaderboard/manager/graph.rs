//! Graphs: the weekly series of an entry's accounts between two anchors.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;

use super::Window;
use crate::core::types::Platform;
use crate::modules::discovery::{AccountCard, SeriesPoint};
use crate::modules::leaderboard::dto::Graph;
use crate::modules::leaderboard::entity::LeaderboardRow;

/// Graphs of one entry.
#[derive(Debug, Default, PartialEq)]
pub(super) struct Graphs {
    pub followers: Option<Graph>,
    pub views: Option<Graph>,
    pub plays: Option<Graph>,
}

/// Weekly points by account.
#[derive(Debug, Default)]
pub(in crate::modules::leaderboard) struct Series(HashMap<(Platform, i64), Vec<SeriesPoint>>);

impl FromIterator<SeriesPoint> for Series {
    fn from_iter<I: IntoIterator<Item = SeriesPoint>>(points: I) -> Self {
        let mut series = Self::default();
        for point in points {
            series.0.entry((point.platform, point.account_id)).or_default().push(point);
        }
        series
    }
}

/// The accounts whose series the graphs of these rows need.
pub(in crate::modules::leaderboard) fn graphed_accounts(
    rows: &[(LeaderboardRow, Option<AccountCard>)],
) -> Vec<(Platform, i64)> {
    let members = rows.iter().flat_map(|(row, card)| members(row, card.as_ref()));
    let mut graphed: Vec<_> = members.collect();
    graphed.sort_unstable();
    graphed.dedup();
    graphed
}

impl Series {
    /// Graphs of a row. Without points there are none, except for `ALL`, where a known account has
    /// at least the anchors.
    pub(super) fn graphs(
        &self,
        row: &LeaderboardRow,
        card: Option<&AccountCard>,
        window: Window,
    ) -> Graphs {
        let members = members(row, card);
        let points = || {
            let series = members.iter().filter_map(|member| self.0.get(member));
            series.flatten()
        };
        let followers = || {
            let weekly = sum_by_date(points().map(|point| (point.date, point.followers)));
            anchored(weekly, window, row.prev_followers, row.followers)
        };
        let lifetime = |value: fn(&SeriesPoint) -> Option<i64>, before: Option<i64>, gained| {
            let weekly = sum_by_date(points().map(|point| (point.date, value(point))));
            anchored(weekly, window, before, before.zip(gained).map(|(a, b): (i64, i64)| a + b))
        };
        match row.platform.as_str() {
            "ALL" if members.is_empty() => Graphs::default(),
            "ALL" => Graphs {
                followers: Some(followers()),
                views: Some(lifetime(total_reach, row.prev_views, row.views)),
                plays: None,
            },
            _ if points().next().is_none() => Graphs::default(),
            "YOUTUBE" => Graphs {
                followers: Some(followers()),
                views: Some(lifetime(|point| point.views_total, row.prev_views, row.views)),
                plays: None,
            },
            _ => Graphs {
                followers: Some(followers()),
                views: None,
                plays: Some(lifetime(|point| point.plays_total, row.prev_plays, row.plays)),
            },
        }
    }
}

/// The account of a row, for `ALL` also its linked one; none for an `ALL` row of an unknown account.
fn members(row: &LeaderboardRow, card: Option<&AccountCard>) -> Vec<(Platform, i64)> {
    match (row.account(), card) {
        (Some(account), _) if row.platform != "ALL" => vec![account],
        (Some(account), Some(card)) => {
            std::iter::once(account).chain(linked(card, account.0.other())).collect()
        }
        _ => Vec::new(),
    }
}

fn linked(card: &AccountCard, platform: Platform) -> Option<(Platform, i64)> {
    let socials = card.profile.linked_socials.as_deref().unwrap_or_default();
    let linked = socials.iter().find(|s| s.platform == Some(platform))?;
    Some((platform, linked.code))
}

/// Lifetime plays on Instagram, lifetime views on YouTube.
fn total_reach(point: &SeriesPoint) -> Option<i64> {
    match point.platform {
        Platform::Instagram => point.plays_total,
        Platform::Youtube => point.views_total,
    }
}

/// Sums per date; an unknown point counts as 0 beside a known one.
fn sum_by_date(points: impl Iterator<Item = (NaiveDate, Option<i64>)>) -> Graph {
    let mut graph: Graph = BTreeMap::new();
    for (date, value) in points {
        let sum = graph.entry(date).or_default();
        *sum = match (*sum, value) {
            (Some(a), Some(b)) => Some(a + b),
            (a, b) => a.or(b),
        };
    }
    graph
}

fn anchored(mut graph: Graph, window: Window, before: Option<i64>, after: Option<i64>) -> Graph {
    graph.insert(window.from, before);
    graph.insert(window.to, after);
    graph
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::modules::discovery::{ProfileOut, SocialAccountOut};

    const INSTAGRAM: (Platform, i64) = (Platform::Instagram, 7);
    const YOUTUBE: (Platform, i64) = (Platform::Youtube, 7);

    fn date(text: &str) -> NaiveDate {
        text.parse().expect("a date")
    }

    fn row(platform: &str, profile_platform: &str) -> LeaderboardRow {
        LeaderboardRow {
            platform: platform.to_owned(),
            profile_platform: profile_platform.to_owned(),
            platform_profile_id: 7,
            prev_followers: Some(100),
            followers: Some(120),
            prev_views: Some(1000),
            views: Some(50),
            prev_plays: Some(2000),
            plays: None,
            ..LeaderboardRow::default()
        }
    }

    fn point(account: (Platform, i64), followers: i64, total: Option<i64>) -> SeriesPoint {
        SeriesPoint {
            platform: account.0,
            account_id: account.1,
            date: date("2024-05-05"),
            followers: Some(followers),
            views_total: total,
            plays_total: total.map(|total| total * 2),
        }
    }

    fn known(linked: &[(Platform, i64)]) -> AccountCard {
        let social = |(platform, code): &(Platform, i64)| SocialAccountOut {
            code: *code,
            platform: Some(*platform),
            ..SocialAccountOut::default()
        };
        let linked_socials = Some(linked.iter().map(social).collect());
        let profile = ProfileOut { linked_socials, ..ProfileOut::default() };
        let account = SocialAccountOut::default();
        AccountCard { profile, account, search_phrase: None }
    }

    fn graphs(
        row: &LeaderboardRow,
        card: Option<&AccountCard>,
        points: Vec<SeriesPoint>,
    ) -> Graphs {
        let series: Series = points.into_iter().collect();
        series.graphs(row, card, Window::from_day(date("2024-05-01")))
    }

    fn graph(before: Option<i64>, point: Option<i64>, after: Option<i64>) -> Graph {
        let days = ["2024-05-01", "2024-05-05", "2024-05-31"].map(date);
        days.into_iter().zip([before, point, after]).collect()
    }

    #[test]
    fn each_platform_has_its_own_graphs_between_the_anchors() {
        let points = || vec![point(INSTAGRAM, 110, Some(5)), point(YOUTUBE, 3, Some(9))];
        let instagram = graphs(&row("INSTAGRAM", "IA"), None, points());
        assert_eq!(instagram.followers, Some(graph(Some(100), Some(110), Some(120))));
        assert_eq!(instagram.plays, Some(graph(Some(2000), Some(10), None)));
        assert_eq!(instagram.views, None);
        let youtube = graphs(&row("YOUTUBE", "YA"), None, points());
        assert_eq!(youtube.followers, Some(graph(Some(100), Some(3), Some(120))));
        assert_eq!(youtube.views, Some(graph(Some(1000), Some(9), Some(1050))));
        assert_eq!(youtube.plays, None);
    }

    #[test]
    fn one_platform_without_points_has_no_graph() {
        assert_eq!(graphs(&row("YOUTUBE", "YA"), Some(&known(&[])), vec![]), Graphs::default());
    }

    #[test]
    fn linked_pair_is_added_up_with_unknown_points_as_zero() {
        let points = vec![
            point((Platform::Instagram, 8), 5, Some(30)),
            point(INSTAGRAM, 1000, Some(1000)),
            point(YOUTUBE, 3, None),
        ];
        let card = known(&[YOUTUBE, (Platform::Instagram, 8)]);
        let all = graphs(&row("ALL", "YA"), Some(&card), points);
        assert_eq!(all.followers, Some(graph(Some(100), Some(8), Some(120))));
        assert_eq!(all.views, Some(graph(Some(1000), Some(60), Some(1050))));
        assert_eq!(all.plays, None);
    }

    #[test]
    fn all_needs_a_known_account_and_no_points() {
        let all = graphs(&row("ALL", "YA"), Some(&known(&[])), vec![]);
        assert_eq!(all.followers.map(|graph| graph.len()), Some(2));
        assert_eq!(graphs(&row("ALL", "IA"), None, vec![]), Graphs::default());
        assert_eq!(graphs(&row("ALL", ""), None, vec![]), Graphs::default());
    }

    #[test]
    fn series_are_asked_for_once_per_account() {
        let card = || Some(known(&[(Platform::Instagram, 8)]));
        let rows =
            [(row("ALL", "YA"), card()), (row("YOUTUBE", "YA"), card()), (row("ALL", "IA"), None)];
        let graphed = graphed_accounts(&rows);
        assert_eq!(graphed, vec![(Platform::Instagram, 8), YOUTUBE]);
    }
}
