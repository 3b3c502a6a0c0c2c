//! What is counted of posts, and what follows from it.

use sea_orm::FromQueryResult;

/// Counts of a post, or sums of several. What no source knows is 0.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromQueryResult)]
pub struct Counters {
    /// Views.
    pub views: i64,
    /// Likes.
    pub likes: i64,
    /// Comments.
    pub comments: i64,
    /// Impressions.
    pub impressions: i64,
    /// Saves.
    pub saves: i64,
    /// Plays.
    pub plays: i64,
    /// Accounts reached.
    pub reach: i64,
    /// Swipes up.
    pub swipe_ups: i64,
    /// Mentions.
    pub mentions: i64,
    /// Taps on stickers.
    pub sticker_taps: i64,
    /// Shares.
    pub shares: i64,
    /// Exits from stories.
    pub story_exits: i64,
    /// Taps back in stories.
    pub story_back_taps: i64,
    /// Taps forward in stories.
    pub story_forward_taps: i64,
    /// Clicks on links.
    pub link_clicks: i64,
    /// Orders.
    pub orders: i64,
    /// Delivered orders.
    pub delivered_orders: i64,
    /// Completed orders.
    pub completed_orders: i64,
    /// Orders of the leaderboard.
    pub leaderboard_overall_orders: i64,
    /// Delivered orders of the leaderboard.
    pub leaderboard_delivered_orders: i64,
    /// Completed orders of the leaderboard.
    pub leaderboard_completed_orders: i64,
}

impl Counters {
    /// Likes and comments.
    pub fn engagement(&self) -> i64 {
        self.likes.saturating_add(self.comments)
    }

    /// Engagement in percent of the reach; 0 without reach.
    pub fn engagement_rate(&self) -> f64 {
        per(100.0 * float(self.engagement()), self.reach).unwrap_or_default()
    }
}

/// Distinct short codes by type of post.
#[derive(Debug, Clone, Default, PartialEq, Eq, FromQueryResult)]
pub struct PostTypes {
    /// Type `image`.
    pub images: i64,
    /// Type `story`.
    pub stories: i64,
    /// Type `video`.
    pub videos: i64,
    /// Type `short`.
    pub shorts: i64,
    /// Type `reels`.
    pub reels: i64,
    /// Type `carousel`.
    pub carousels: i64,
}

/// A quotient; none where nothing is divided by.
pub fn per(dividend: f64, divisor: i64) -> Option<f64> {
    (divisor > 0).then(|| dividend / float(divisor))
}

/// A count for a quotient; beyond 2^53 the nearest that there is.
#[expect(clippy::cast_precision_loss, reason = "a quotient is shown with two decimals")]
pub fn float(count: i64) -> f64 {
    count as f64
}
