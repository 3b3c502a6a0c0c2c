//! Averages and distribution of a group of accounts.

use super::super::dto::{GroupMetricsOut, HistogramBin};
use super::super::entity::GroupMetricsRow;

/// The averages of a group as answers show them.
pub fn out(row: &GroupMetricsRow) -> GroupMetricsOut {
    let bins = |column: &Option<Vec<String>>| column.clone().unwrap_or_default();
    GroupMetricsOut {
        group_key: Some(row.group_key.clone()),
        profiles: row.profiles,
        group_avg_likes: row.group_avg_likes,
        group_avg_comments: row.group_avg_comments,
        group_avg_comments_rate: row.group_avg_comments_rate,
        group_avg_followers: row.group_avg_followers,
        group_avg_engagement_rate: Some(row.group_avg_engagement_rate.unwrap_or(0.0) * 100.0),
        group_avg_likes_to_comment_ratio: row.group_avg_likes_to_comment_ratio,
        group_avg_followers_growth7d: row.group_avg_followers_growth7d,
        group_avg_followers_growth30d: row.group_avg_followers_growth30d,
        group_avg_followers_growth90d: row.group_avg_followers_growth90d,
        group_avg_followers_growth1y: row.group_avg_followers_growth1y,
        group_avg_audience_reachability: row.group_avg_audience_reachability,
        group_avg_audience_authencity: row.group_avg_audience_authencity,
        group_avg_audience_quality: row.group_avg_audience_quality,
        group_avg_post_count: row.group_avg_post_count,
        group_avg_reaction_rate: row.group_avg_reaction_rate,
        group_avg_likes_spread: row.group_avg_likes_spread,
        group_avg_posts_per_week: row.group_avg_posts_per_week,
        group_avg_reels_reach: row.group_avg_reels_reach.clone(),
        group_avg_image_reach: row.group_avg_image_reach,
        group_avg_story_reach: row.group_avg_story_reach,
        group_avg_video_reach: row.group_avg_video_reach,
        group_avg_shorts_reach: row.group_avg_shorts_reach,
        er_histogram: histogram(&bins(&row.bin_start), &bins(&row.bin_end), &bins(&row.bin_height)),
    }
}

/// Bins of engagement rates in percent with their share of the accounts; `None` when the columns
/// do not fit together, are empty or hold anything but finite numbers.
fn histogram(starts: &[String], ends: &[String], heights: &[String]) -> Option<Vec<HistogramBin>> {
    if starts.is_empty() || starts.len() != ends.len() || starts.len() != heights.len() {
        return None;
    }
    let (starts, ends, heights) = (numbers(starts)?, numbers(ends)?, numbers(heights)?);
    let sum: f64 = heights.iter().sum();
    let share = |height: f64| if sum == 0.0 { 0.0 } else { height / sum * 100.0 };
    let bounds = starts.into_iter().zip(ends).zip(heights);
    let bins = bounds.map(|((start, end), height)| HistogramBin {
        start: rounded_up(start),
        end: rounded_up(end),
        value: share(height),
    });
    Some(bins.collect())
}

/// A fraction in percent with two decimals, rounded up.
fn rounded_up(fraction: f64) -> f64 {
    (fraction * 10_000.0).ceil() / 100.0
}

fn numbers(texts: &[String]) -> Option<Vec<f64>> {
    let number = |text: &String| text.trim().parse::<f64>().ok().filter(|n| n.is_finite());
    texts.iter().map(number).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(starts: &[&str], ends: &[&str], heights: &[&str]) -> Option<Vec<HistogramBin>> {
        let owned = |texts: &[&str]| texts.iter().map(|t| (*t).to_owned()).collect::<Vec<_>>();
        histogram(&owned(starts), &owned(ends), &owned(heights))
    }

    #[test]
    fn bins_are_percentages_of_all_heights() {
        let bins = of(&["0.01", "0.02"], &["0.02", "0.03"], &["30", "90"]).expect("a histogram");
        let first = HistogramBin { start: 1.0, end: 2.0, value: 25.0 };
        assert_eq!(bins, [first, HistogramBin { start: 2.0, end: 3.0, value: 75.0 }]);
    }

    #[test]
    fn heights_of_zero_have_no_share() {
        assert_eq!(of(&["0"], &["1"], &["0"]).expect("a histogram")[0].value, 0.0);
    }

    #[test]
    fn unequal_or_unreadable_columns_have_no_histogram() {
        assert_eq!(of(&["0", "1"], &["1"], &["1"]), None);
        assert_eq!(of(&["0"], &["one"], &["1"]), None);
        assert_eq!(of(&["0"], &["1"], &["NaN"]), None);
        assert_eq!(of(&[], &[], &[]), None);
    }

    #[test]
    fn unknown_engagement_rate_is_zero() {
        let out = out(&GroupMetricsRow::default());
        assert_eq!(out.group_avg_engagement_rate, Some(0.0));
        assert_eq!(out.er_histogram, None);
    }
}
