//! The profiles and posts of collections.

use serde::Serialize;
use utoipa::ToSchema;

use super::{CollectionCostsOut, CollectionCountersOut, CollectionPostTypesOut, is_zero};
use crate::core::envelope::envelope;

/// What the posts of one profile have come to; zeros are left out.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionProfileMetrics {
    /// `INSTAGRAM` or `YOUTUBE`.
    pub platform: String,
    /// Handle; on YouTube the channel id.
    pub profile_handle: String,
    /// Profile code of the account, where there is one.
    pub profile_code: Option<String>,
    /// Name.
    pub profile_name: Option<String>,
    /// Address of a picture.
    pub profile_pic: Option<String>,
    /// The most that were seen.
    #[serde(skip_serializing_if = "is_zero")]
    pub followers: i64,
    /// The highest cost of a post.
    #[serde(skip_serializing_if = "is_zero")]
    pub cost: i64,
    /// Distinct short codes.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_posts: i64,
    #[serde(flatten)]
    pub counters: CollectionCountersOut,
    /// Likes and comments in percent of the reach, with two decimals.
    pub engagement_rate: String,
    /// Reach in percent of the followers, with two decimals; absent without followers.
    pub reach_perc: Option<String>,
    /// Views in percent of the followers.
    pub views_perc: Option<String>,
    /// Impressions in percent of the followers.
    pub impressions_perc: Option<String>,
    #[serde(flatten)]
    pub costs: CollectionCostsOut,
    /// Posts by type.
    pub post_wise_counts: CollectionPostTypesOut,
}

/// What a post has come to; zeros are left out.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostMetrics {
    /// `INSTAGRAM` or `YOUTUBE`.
    pub platform: String,
    /// What the platform calls it.
    pub post_short_code: String,
    /// Type.
    pub post_type: String,
    /// Title.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub post_title: String,
    /// Address.
    pub post_link: String,
    /// Address of a picture of it.
    pub post_thumbnail: Option<String>,
    /// With their `#`.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub hashtags: Vec<String>,
    /// Beginning of the day of its publication, RFC 3339.
    pub published_at: String,
    /// Item of the post collection.
    pub post_collection_item_id: Option<i64>,
    /// Whether the owner marked it; absent where no item is known.
    pub bookmarked: Option<bool>,
    /// Handle of who posted it.
    pub profile_handle: String,
    /// Name of who posted it.
    pub profile_name: String,
    /// Picture of who posted it.
    pub profile_pic: Option<String>,
    /// Followers of who posted it.
    #[serde(skip_serializing_if = "is_zero")]
    pub followers: i64,
    /// In units of the currency.
    #[serde(skip_serializing_if = "is_zero")]
    pub cost: i64,
    #[serde(flatten)]
    pub counters: CollectionCountersOut,
    /// Likes and comments in percent of the reach, with two decimals.
    pub engagement_rate: String,
    /// Reach in percent of the followers, with two decimals; absent without followers.
    pub reach_perc: Option<String>,
    /// Views in percent of the followers.
    pub views_perc: Option<String>,
    /// Impressions in percent of the followers.
    pub impressions_perc: Option<String>,
    #[serde(flatten)]
    pub costs: CollectionCostsOut,
}

envelope! {
    /// Answer with profiles.
    pub CollectionProfilesOut {
        /// Empty on errors.
        profiles: Vec<CollectionProfileMetrics>
    }
    fails with ERROR, empty
}

envelope! {
    /// Answer with posts.
    pub CollectionPostsOut {
        /// Empty on errors.
        posts: Vec<PostMetrics>
    }
    fails with ERROR, empty
}
