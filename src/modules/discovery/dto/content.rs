//! Recent posts of an account.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::types::Platform;

envelope! {
    /// Recent posts.
    pub ContentOut {
        /// Left out on errors.
        content: Vec<ProfileContentOut>
    }
    fails with FAILURE_500, absent
}

/// Recent posts of one account.
#[derive(Debug, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileContentOut {
    /// Id of the account, as text.
    pub platform_code: String,
    /// Platform of the account.
    pub platform: Platform,
    /// Newest first.
    pub posts: Vec<PostOut>,
}

/// A post.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostOut {
    /// `INSTAGRAM`.
    pub platform: String,
    /// Handle of the account.
    pub handle: String,
    /// Id on the platform.
    pub post_id: String,
    /// Public address.
    pub post_link: String,
    /// Kind of the post.
    pub post_type: String,
    /// Address of the preview image.
    pub thumbnail: String,
    /// Likes.
    pub likes_count: i64,
    /// Comments.
    pub comments_count: i64,
    /// Reach.
    pub views_count: i64,
    /// As the collector delivers it.
    pub engagement_rate: f64,
    /// Unix seconds; 0 where unknown.
    pub published_at: i64,
    /// Text of the post.
    pub caption: String,
    /// Plays.
    pub play_count: i64,
}
