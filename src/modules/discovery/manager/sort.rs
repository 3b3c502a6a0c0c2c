//! Orders of a search.

use super::super::dao::search::SortKey::{self, Column, Grade, Rank};
use crate::core::query::Kind;
use crate::core::types::Platform;

const DEFAULT: &[SortKey] = &[FOLLOWERS];

const FOLLOWERS: SortKey = integer("account.followers");
const ENGAGEMENT: SortKey = decimal("account.engagement_rate");
const ENGAGEMENT_GRADE: SortKey = Grade("account.engagement_rate_grade");
const LIKES: SortKey = decimal("account.avg_likes");
const LIKES_GRADE: SortKey = Grade("account.avg_likes_grade");
const REELS: SortKey = integer("account.reels_reach");
const VIEWS: SortKey = decimal("account.avg_views");
const VIEWS_30D: SortKey = integer("account.views_30d");
const VIEWS_30D_GRADE: SortKey = Grade("account.views_30d_grade");
const RANK: &str = "profile_collection_item.rank";

const fn integer(column: &'static str) -> SortKey {
    Column(column, Kind::Integer)
}

const fn decimal(column: &'static str) -> SortKey {
    Column(column, Kind::Float)
}

type Order = (&'static str, &'static [SortKey]);

const INSTAGRAM: &[Order] = &[
    ("plays", &[integer("account.plays_30d")]),
    ("avg_likes", &[LIKES]),
    ("engagement_rate", &[ENGAGEMENT]),
    ("avg_views", &[VIEWS]),
    (RANK, &[Rank]),
    ("followers,reels_reach,engagement_rate", &[FOLLOWERS, REELS, ENGAGEMENT]),
    (
        "engagement_rate,engagement_rate_grade_order,followers",
        &[ENGAGEMENT, ENGAGEMENT_GRADE, FOLLOWERS],
    ),
    (
        "engagement_rate_grade_order,engagement_rate,followers",
        &[ENGAGEMENT_GRADE, ENGAGEMENT, FOLLOWERS],
    ),
    (
        "image_reach,followers,engagement_rate",
        &[integer("account.image_reach"), FOLLOWERS, ENGAGEMENT],
    ),
    ("reels_reach,followers,engagement_rate", &[REELS, FOLLOWERS, ENGAGEMENT]),
    (
        "story_reach,followers,engagement_rate",
        &[integer("account.story_reach"), FOLLOWERS, ENGAGEMENT],
    ),
    ("avg_likes,avg_likes_grade_order,followers", &[LIKES, LIKES_GRADE, FOLLOWERS]),
    ("avg_likes_grade_order,avg_likes,followers", &[LIKES_GRADE, LIKES, FOLLOWERS]),
    ("avg_comments,avg_likes,followers", &[decimal("account.avg_comments"), LIKES, FOLLOWERS]),
];

const YOUTUBE: &[Order] = &[
    ("views_count", &[integer("account.views_count")]),
    ("avg_views", &[VIEWS]),
    (RANK, &[Rank]),
    ("followers,views_30d,avg_views", &[FOLLOWERS, VIEWS_30D, VIEWS]),
    ("views_30d,views_30d_grade_order,followers", &[VIEWS_30D, VIEWS_30D_GRADE, FOLLOWERS]),
    ("views_30d_grade_order,views_30d,followers", &[VIEWS_30D_GRADE, VIEWS_30D, FOLLOWERS]),
    ("avg_views,followers,views_30d", &[VIEWS, FOLLOWERS, VIEWS_30D]),
    (
        "avg_posts_per_week,followers,views_30d",
        &[integer("account.avg_posts_per_week"), FOLLOWERS, VIEWS_30D],
    ),
];

/// Keys of the order of that name; by followers where there is none, also by rank without a
/// collection that ranks (`has_ranks`).
pub fn keys(platform: Platform, sort_by: Option<&str>, has_ranks: bool) -> &'static [SortKey] {
    let orders = match platform {
        Platform::Instagram => INSTAGRAM,
        Platform::Youtube => YOUTUBE,
    };
    let known =
        orders.iter().find(|(name, _)| Some(*name) == sort_by && (has_ranks || *name != RANK));
    known.map_or(DEFAULT, |(_, keys)| keys)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn unknown_orders_fall_back_to_followers() {
        for name in [None, Some("followers"), Some("followers_lifetime"), Some("id; DROP")] {
            assert_eq!(keys(Platform::Instagram, name, false), DEFAULT);
        }
        assert_eq!(keys(Platform::Instagram, Some("views_count"), false), DEFAULT);
        assert_eq!(
            keys(Platform::Youtube, Some("views_count"), false),
            [integer("account.views_count")]
        );
    }

    #[test]
    fn rank_needs_a_collection() {
        assert_eq!(keys(Platform::Youtube, Some(RANK), true), [Rank]);
        assert_eq!(keys(Platform::Youtube, Some(RANK), false), DEFAULT);
    }

    #[test]
    fn plays_are_those_of_the_last_30_days() {
        let plays = [integer("account.plays_30d")];
        assert_eq!(keys(Platform::Instagram, Some("plays"), false), plays);
    }
}
