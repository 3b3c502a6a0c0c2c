//! From sums and rows to what clients see.

use serde_json::Value;

use super::super::dto::{
    CollectionCostsOut, CollectionCountersOut, CollectionHashtagOut, CollectionKeywordOut,
    CollectionPostTypesOut, CollectionProfileMetrics, PostMetrics,
};
use crate::modules::collection_metrics::{
    CollectionType, Counters, MeasuredPost, MeasuredProfile, PostTypes, Word, float, per,
};

/// A number with two decimals of its exact binary value; ties go to the even digit.
pub fn two_decimals(number: f64) -> String {
    format!("{number:.2}")
}

/// A count in percent of another one; none of nothing.
pub fn percent(count: i64, of: i64) -> Option<String> {
    per(100.0 * float(count), of).map(two_decimals)
}

/// Counts as answers carry them.
pub fn counters(counters: &Counters) -> CollectionCountersOut {
    CollectionCountersOut {
        views: counters.views,
        likes: counters.likes,
        comments: counters.comments,
        impressions: counters.impressions,
        saves: counters.saves,
        plays: counters.plays,
        reach: counters.reach,
        swipe_ups: counters.swipe_ups,
        mentions: counters.mentions,
        sticker_taps: counters.sticker_taps,
        shares: counters.shares,
        story_exits: counters.story_exits,
        story_back_taps: counters.story_back_taps,
        story_fwd_taps: counters.story_forward_taps,
        link_clicks: counters.link_clicks,
        orders: counters.orders,
        delivered_orders: counters.delivered_orders,
        completed_orders: counters.completed_orders,
        leaderboard_overall_orders: counters.leaderboard_overall_orders,
        leaderboard_delivered_orders: counters.leaderboard_delivered_orders,
        leaderboard_completed_orders: counters.leaderboard_completed_orders,
        total_engagement: counters.engagement(),
    }
}

/// Posts by type as answers carry them.
pub fn types(types: &PostTypes) -> CollectionPostTypesOut {
    let PostTypes { images, stories, videos, shorts, reels, carousels } = *types;
    CollectionPostTypesOut { images, stories, videos, shorts, reels, carousels }
}

/// The cost block for what was spent on posts; nothing for collections of profiles.
pub fn costs(kind: CollectionType, counters: &Counters, spent: i64) -> CollectionCostsOut {
    if kind == CollectionType::Profile {
        return CollectionCostsOut::default();
    }
    let (spent, clicks) = (float(spent), float(counters.link_clicks));
    let text = |dividend: f64, divisor: i64| per(dividend, divisor).map(two_decimals);
    CollectionCostsOut {
        click_through_rate: text(100.0 * clicks, counters.reach),
        cost_per_reach: text(spent, counters.reach),
        click_per_engagement: text(clicks, counters.engagement()),
        cost_per_engagement: text(spent, counters.engagement()),
        cost_per_1k_impressions: text(1000.0 * spent, counters.impressions),
        cost_per_view: text(spent, counters.views),
        cost_per_click: text(spent, counters.link_clicks),
        cost_per_order: text(spent, counters.orders),
    }
}

/// A profile; `code` is the profile code of its account.
pub fn profile(
    kind: CollectionType,
    row: MeasuredProfile,
    code: Option<String>,
) -> CollectionProfileMetrics {
    let cost = row.cost.unwrap_or_default();
    CollectionProfileMetrics {
        platform: row.platform.to_uppercase(),
        profile_code: code.filter(|code| !code.is_empty()),
        profile_name: row.profile_name,
        profile_pic: row.profile_pic,
        followers: row.followers,
        cost,
        total_posts: row.total_posts,
        engagement_rate: two_decimals(row.counters.engagement_rate()),
        reach_perc: percent(row.counters.reach, row.followers),
        views_perc: percent(row.counters.views, row.followers),
        impressions_perc: percent(row.counters.impressions, row.followers),
        costs: CollectionCostsOut { cost_per_order: None, ..costs(kind, &row.counters, cost) },
        counters: counters(&row.counters),
        post_wise_counts: types(&row.types),
        profile_handle: row.profile_handle,
    }
}

/// A post; `bookmarked` says whether its item is marked.
pub fn post(kind: CollectionType, row: MeasuredPost, bookmarked: Option<bool>) -> PostMetrics {
    let cost = row.cost.unwrap_or_default();
    let hashtags = row.hashtags.map(serde_json::from_value::<Vec<Option<String>>>);
    PostMetrics {
        platform: row.platform.to_uppercase(),
        post_short_code: row.post_short_code,
        post_type: row.post_type,
        post_title: row.post_title,
        post_link: row.post_link,
        post_thumbnail: row.post_thumbnail,
        hashtags: hashtags.and_then(Result::ok).into_iter().flatten().flatten().collect(),
        published_at: format!("{}T00:00:00Z", row.published_at),
        post_collection_item_id: row.post_collection_item_id,
        bookmarked: match kind {
            CollectionType::Post => bookmarked,
            CollectionType::Profile => Some(false),
        },
        profile_handle: row.profile_handle,
        profile_name: row.profile_name,
        profile_pic: row.profile_pic,
        followers: row.followers,
        cost,
        engagement_rate: two_decimals(100.0 * row.er),
        reach_perc: percent(row.counters.reach, row.followers),
        views_perc: percent(row.counters.views, row.followers),
        impressions_perc: percent(row.counters.impressions, row.followers),
        costs: CollectionCostsOut { cost_per_order: None, ..costs(kind, &row.counters, cost) },
        counters: counters(&row.counters),
    }
}

/// A hashtag.
pub fn hashtag(word: Word) -> CollectionHashtagOut {
    let Word { name, tagged_count, ugc_tagged_count } = word;
    CollectionHashtagOut { hashtag_name: name, tagged_count, ugc_tagged_count }
}

/// A keyword.
pub fn keyword(word: Word) -> CollectionKeywordOut {
    CollectionKeywordOut { keyword_name: word.name, tagged_count: word.tagged_count }
}

/// What an owner expects of metrics; none where that is nothing.
pub fn expected(values: Option<Value>) -> Option<Value> {
    values.filter(|values| values.as_object().is_some_and(|values| !values.is_empty()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_decimals_are_those_of_the_exact_value() {
        for (number, text) in
            [(0.125, "0.12"), (0.375, "0.38"), (2.675, "2.67"), (1e15 + 0.5, "1000000000000000.50")]
        {
            assert_eq!(two_decimals(number), text);
        }
    }

    #[test]
    fn nothing_is_divided_by_nothing() {
        let sums = Counters { likes: 3, link_clicks: 6, ..Counters::default() };
        let costs = costs(CollectionType::Post, &sums, 12);
        let expected = CollectionCostsOut {
            click_per_engagement: Some("2.00".to_owned()),
            cost_per_engagement: Some("4.00".to_owned()),
            cost_per_click: Some("2.00".to_owned()),
            ..CollectionCostsOut::default()
        };
        assert_eq!(costs, expected);
        assert_eq!(super::costs(CollectionType::Profile, &sums, 12), CollectionCostsOut::default());
    }
}
