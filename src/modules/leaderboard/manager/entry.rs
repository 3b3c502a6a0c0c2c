//! From a row and its account to an entry.

use super::{Ranking, Series};
use crate::core::types::Platform;
use crate::modules::discovery::AccountCard;
use crate::modules::leaderboard::dto::{
    AccountInfoOut, LeaderboardEntryOut, LeaderboardMetricsOut, RankedMetricsOut,
};
use crate::modules::leaderboard::entity::LeaderboardRow;

/// A row with its account and its place on the page, from 0.
#[derive(Debug, Clone, Copy)]
pub(in crate::modules::leaderboard) struct Ranked<'a>(
    pub usize,
    pub &'a LeaderboardRow,
    pub Option<&'a AccountCard>,
);

/// The entry of a row.
pub(in crate::modules::leaderboard) fn entry(
    ranked: Ranked<'_>,
    ranking: &Ranking,
    series: &Series,
) -> LeaderboardEntryOut {
    let Ranked(index, row, card) = ranked;
    let rank = ranking.rank(index, row.current_rank);
    let is_instagram = row.platform == Platform::Instagram.name();
    let graphs = series.graphs(row, card, ranking.window);
    LeaderboardEntryOut {
        id: row.id.cast_signed(),
        rank,
        rankchange: rank_change(rank, row.last_rank),
        platform: row.platform.clone(),
        platform_code: row.platform_profile_id.to_string(),
        month: row.month,
        category: row.category.clone().unwrap_or_default(),
        language: row.language.clone().unwrap_or_default(),
        country: row.country.clone().unwrap_or_default(),
        is_verified: card.filter(|_| is_instagram).and_then(|card| card.profile.is_verified),
        account_info: card.map(account_info).unwrap_or_default(),
        follower_graph: graphs.followers,
        view_graph: graphs.views,
        plays_graph: graphs.plays,
        leaderboard_metrics: LeaderboardMetricsOut { metrics: metrics(row) },
    }
}

/// Ranks gained; unknown for an unranked account and for one without a rank in the month before.
fn rank_change(rank: i64, last: u64) -> Option<i64> {
    (rank > 0 && last > 0).then(|| last.cast_signed() - rank)
}

fn account_info(card: &AccountCard) -> AccountInfoOut {
    let profile = card.profile.clone();
    AccountInfoOut {
        name: profile.name,
        handle: profile.handle,
        username: profile.username,
        thumbnail: profile.thumbnail,
        code: profile.code,
        platform_code: Some(profile.platform_code),
        followers: profile.metrics.followers,
        views: profile.metrics.views,
        categories: profile.categories,
        engagement_rate_percentage: profile.metrics.engagement_rate_percentage,
        followers_growth7d: profile.metrics.followers_growth7d,
        linked_socials: profile.linked_socials,
        search_phrase: card.search_phrase.clone(),
    }
}

fn metrics(row: &LeaderboardRow) -> RankedMetricsOut {
    let is_all = row.platform == "ALL";
    RankedMetricsOut {
        followers: count(row.followers),
        views: count(row.views),
        prev_views: count(row.prev_views),
        views_change: count(gained(row.views, row.prev_views)),
        youtube_views: count(row.yt_views.filter(|_| is_all)),
        instagram_views: count(row.ia_views.filter(|_| is_all)),
        likes: count(row.likes),
        comments: count(row.comments),
        plays: count(row.plays),
        prev_plays: count(row.prev_plays.filter(|_| !is_all)),
        plays_change: count(gained(row.plays, row.prev_plays).filter(|_| !is_all)),
        engagement: count(row.engagement),
        prev_followers: count(row.prev_followers),
        followers_change: count(row.followers_change),
        engagement_rate: figure(row.engagement_rate),
        engagement_rate_percentage: figure(row.engagement_rate.map(|rate| rate * 100.0)),
        avg_likes: figure(row.avg_likes),
        avg_comments: figure(row.avg_comments),
        avg_views: figure(row.avg_views),
        avg_plays: figure(row.avg_plays),
        follower_growth_percentage: growth(row.followers_change, row.prev_followers),
        plays_growth_percentage: growth(row.plays, row.prev_plays),
        views_growth_percentage: growth(row.views, row.prev_views),
        uploads: row.uploads,
    }
}

fn count(value: Option<i64>) -> Option<i64> {
    value.filter(|value| *value != 0)
}

fn figure(value: Option<f64>) -> Option<f64> {
    value.filter(|value| value.is_finite() && *value != 0.0)
}

/// What was gained, where it can be compared with a value before.
fn gained(gained: Option<i64>, before: Option<i64>) -> Option<i64> {
    gained.filter(|_| before.is_some_and(|before| before > 0))
}

/// Change in percent of the value before.
fn growth(change: Option<i64>, before: Option<i64>) -> Option<f64> {
    let (change, before) = change.zip(before.filter(|before| *before > 0))?;
    figure(Some(change as f64 / before as f64 * 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rank_change_needs_both_ranks() {
        assert_eq!(rank_change(11, 15), Some(4));
        assert_eq!(rank_change(11, 11), Some(0));
        assert_eq!(rank_change(11, 0), None);
        assert_eq!(rank_change(0, 15), None);
    }

    #[test]
    fn growth_is_a_percentage_of_a_positive_value_before() {
        assert_eq!(growth(Some(5_000), Some(200_000)), Some(2.5));
        assert_eq!(growth(Some(-50), Some(100)), Some(-50.0));
        assert_eq!(growth(Some(0), Some(100)), None);
        assert_eq!(growth(Some(5), Some(0)), None);
        assert_eq!(growth(None, Some(100)), None);
    }

    #[test]
    fn zero_and_impossible_figures_are_left_out() {
        let row = LeaderboardRow {
            platform: "INSTAGRAM".to_owned(),
            likes: Some(0),
            plays: Some(30),
            prev_plays: Some(60),
            yt_views: Some(5),
            avg_likes: Some(f64::NAN),
            avg_plays: Some(f64::INFINITY),
            uploads: Some(0),
            ..LeaderboardRow::default()
        };
        let expected = RankedMetricsOut {
            plays: Some(30),
            prev_plays: Some(60),
            plays_change: Some(30),
            plays_growth_percentage: Some(50.0),
            uploads: Some(0),
            ..RankedMetricsOut::default()
        };
        assert_eq!(metrics(&row), expected);
    }

    #[test]
    fn all_has_no_play_change_but_the_parts_of_its_views() {
        let row = LeaderboardRow {
            platform: "ALL".to_owned(),
            plays: Some(30),
            prev_plays: Some(60),
            yt_views: Some(5),
            ia_views: Some(6),
            ..LeaderboardRow::default()
        };
        let metrics = metrics(&row);
        assert_eq!((metrics.youtube_views, metrics.instagram_views), (Some(5), Some(6)));
        assert_eq!(
            (metrics.plays, metrics.prev_plays, metrics.plays_change),
            (Some(30), None, None)
        );
        assert_eq!(metrics.plays_growth_percentage, Some(50.0));
    }

    #[test]
    fn nothing_is_gained_on_nothing() {
        let row = LeaderboardRow {
            platform: "INSTAGRAM".to_owned(),
            plays: Some(30),
            prev_plays: Some(0),
            views: Some(7),
            ..LeaderboardRow::default()
        };
        let metrics = metrics(&row);
        assert_eq!((metrics.plays, metrics.plays_change), (Some(30), None));
        assert_eq!((metrics.views, metrics.views_change), (Some(7), None));
    }
}
