//! The summary, and what it says about posts that are missing from it.

use chrono::{DateTime, TimeDelta, Utc};

use super::super::dto::{CollectionMetadataOut, CollectionSummaryData};
use super::entry::{costs, counters, percent, two_decimals, types};
use crate::modules::collection_metrics::{CollectionType, Summary};

/// After this time a post that has no numbers is missing.
const PATIENCE: TimeDelta = TimeDelta::hours(2);
/// What a rate of nothing is.
const NO_FOLLOWERS: &str = "0.0";

/// What is said of the collections beside their numbers.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct About {
    /// The first of them.
    pub collection_id: String,
    /// Of all together; of post collections alone.
    pub budget: i64,
    /// Of the first of them.
    pub disabled_metrics: Vec<String>,
    /// Of the group, else of the first of them.
    pub metadata: CollectionMetadataOut,
}

/// The summary of collections.
pub fn summary(
    kind: CollectionType,
    sums: &Summary,
    about: About,
    notice: Option<(&'static str, String)>,
) -> CollectionSummaryData {
    let rate =
        |count| percent(count, sums.total_followers).unwrap_or_else(|| NO_FOLLOWERS.to_owned());
    let (notice_type, notice) = notice.unzip();
    CollectionSummaryData {
        collection_id: about.collection_id,
        collection_type: kind.name(),
        total_followers: sums.total_followers,
        total_profiles: sums.total_profiles,
        total_posts: sums.total_posts,
        counters: counters(&sums.counters),
        budget: about.budget,
        engagement_rate: two_decimals(sums.counters.engagement_rate()),
        reach_perc: rate(sums.counters.reach),
        views_perc: rate(sums.counters.views),
        impressions_perc: rate(sums.counters.impressions),
        costs: costs(kind, &sums.counters, about.budget),
        post_wise_counts: types(&sums.types),
        disabled_metrics: about.disabled_metrics,
        metadata: about.metadata,
        notice,
        notice_type,
        refreshed_at: sums.refreshed_at.map(|at| at.format("%Y-%m-%d %H:%M").to_string()),
        weekly_metrics: None,
    }
}

/// What to say about `missing` posts, of which the newest was added at `newest`.
pub fn notice(
    missing: i64,
    newest: Option<DateTime<Utc>>,
    now: DateTime<Utc>,
) -> Option<(&'static str, String)> {
    if missing <= 0 {
        return None;
    }
    if newest.is_some_and(|newest| now - newest > PATIENCE) {
        return Some(("ERROR", "Could not update data for posts added".to_owned()));
    }
    let text = match missing {
        1 => "1 post is Pending....".to_owned(),
        more => format!("{more} posts are Pending...."),
    };
    Some(("IN_PROGRESS", text))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_posts_are_pending_for_two_hours() {
        let now = Utc::now();
        let of = |missing, minutes| notice(missing, Some(now - TimeDelta::minutes(minutes)), now);
        let pending = |text: &str| Some(("IN_PROGRESS", text.to_owned()));
        assert_eq!(of(2, 30), pending("2 posts are Pending...."));
        assert_eq!(of(1, 30), pending("1 post is Pending...."));
        let missing = Some(("ERROR", "Could not update data for posts added".to_owned()));
        assert_eq!(of(2, 180), missing);
        assert_eq!([of(0, 180), of(-1, 30)], [None, None]);
    }
}
