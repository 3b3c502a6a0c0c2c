//! Estimated price of an Instagram post.
//!
//! The image price is a linear function of followers and engagement per post in each of eight tiers;
//! a tier starts no lower than the previous one ends.

use serde::Serialize;

/// Largest audience to which the tiers apply; above, only the engagement counts.
const TIERS_END: f64 = 5_000_000.0;

/// Price by kind of post.
#[derive(Debug, Clone, Copy, PartialEq, Serialize)]
pub(super) struct PostPrice {
    reel_posts: f64,
    image_posts: f64,
    story_posts: f64,
}

impl PostPrice {
    /// `engagement_rate` is a fraction. Without audience or engagement there is no price.
    pub(super) fn estimate(followers: Option<i64>, engagement_rate: Option<f64>) -> Option<Self> {
        let followers = followers.filter(|followers| *followers > 0)? as f64;
        let engagement = followers * engagement_rate.filter(|rate| *rate > 0.0)?;
        if followers > TIERS_END {
            let value = 0.245_830_49 * TIERS_END + 0.018_753_84 * engagement;
            let [reel_posts, image_posts, story_posts] = [0.8, 0.4, 0.03].map(|part| part * value);
            return Some(Self { reel_posts, image_posts, story_posts });
        }
        let image = image_price(followers, engagement);
        Some(Self { reel_posts: 2.8 * image, image_posts: image, story_posts: 0.6 * image })
    }
}

fn image_price(f: f64, e: f64) -> f64 {
    let nano = |f: f64| 7.5 * (0.024 * f + 0.009_476_88 * e);
    let small = |f: f64| 3.5 * (0.035_176_52 * f + 0.016_626_93 * e);
    let micro = |f: f64| 2.9 * (0.027_525_66 * f + 0.009_213_16 * e);
    let middle = |f: f64| 2.8 * (0.016_873_08 * f + 0.100_673_94 * e);
    let macro_tier = |factor: f64| factor * (0.015_956_81 * f + 0.086_656_52 * e);
    match f {
        ..=10_000.0 => 2.3 * (0.085_802_18 * f + 0.009_476_88 * e),
        ..=20_000.0 => nano(f),
        ..=50_000.0 => small(f).max(nano(20_000.0)),
        ..=100_000.0 => micro(f).max(small(50_000.0)),
        ..=300_000.0 => middle(f).max(micro(100_000.0)),
        ..=800_000.0 => macro_tier(3.0).max(middle(f)),
        _ => macro_tier(2.5),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn image(followers: i64, rate: f64) -> f64 {
        PostPrice::estimate(Some(followers), Some(rate)).expect("a price").image_posts
    }

    #[test]
    fn tiers() {
        let close = |a: f64, b: f64| assert!((a - b).abs() < 1e-6, "{a} {b}");
        // 10 000 followers, 5 %: E = 500.
        close(image(10_000, 0.05), 2.3 * (858.0218 + 4.738_44));
        // 20 001 followers without much engagement: not below the end of the previous tier.
        close(image(20_001, 1e-9), 7.5 * (480.0 + 0.009_476_88 * 20_001e-9));
        close(image(1_000_000, 0.02), 2.5 * (15_956.81 + 1_733.130_4));
        let large = PostPrice::estimate(Some(10_000_000), Some(0.01)).expect("a price");
        close(large.image_posts, 0.4 * (1_229_152.45 + 1_875.384));
        close(large.reel_posts, 2.0 * large.image_posts);
    }

    #[test]
    fn needs_audience_and_engagement() {
        assert_eq!(PostPrice::estimate(Some(0), Some(0.1)), None);
        assert_eq!(PostPrice::estimate(Some(10), Some(0.0)), None);
        assert_eq!(PostPrice::estimate(None, Some(0.1)), None);
        assert_eq!(PostPrice::estimate(Some(10), None), None);
    }
}
