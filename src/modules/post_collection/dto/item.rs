//! Posts of a collection.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;
use crate::core::types::Platform;

/// A post as clients add it.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PostItemIn {
    /// `INSTAGRAM` or `YOUTUBE`, in any case.
    pub platform: Option<String>,
    /// What the platform calls the post. A story with `postedByHandle` needs none and gets one of ours.
    pub short_code: Option<String>,
    /// `reels`, `image`, `story`, `video`, `short` or `carousel`, in any case.
    pub post_type: Option<String>,
    /// In units of the currency.
    pub cost: Option<i64>,
    /// Handle; on YouTube the channel's id.
    pub posted_by_handle: Option<String>,
    /// At most 100.
    pub sponsor_links: Option<Vec<String>>,
    /// At most 4,096 characters.
    pub post_title: Option<String>,
    /// At most 4,096 characters.
    pub post_link: Option<String>,
    /// At most 4,096 characters.
    pub post_thumbnail: Option<String>,
    /// Campaign profile of who posted it.
    pub posted_by_cp_id: Option<i64>,
    /// Whether it is measured; true without.
    pub retrieve_data: Option<bool>,
    /// Whether analytics show it; true without.
    pub show_in_report: Option<bool>,
}

/// A post that may be stored.
#[derive(Debug, Clone)]
pub struct NewPost {
    /// Platform.
    pub platform: Platform,
    /// Code.
    pub short_code: String,
    /// Type.
    pub post_type: &'static str,
    /// What else was said about it.
    pub said: PostItemIn,
}

/// A change of a post; absent members stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PostChangeIn {
    /// In units of the currency.
    pub cost: Option<i64>,
    /// `false` removes the post, `true` adds a removed one again.
    pub enabled: Option<bool>,
    /// Whether its owner marks it.
    pub bookmarked: Option<bool>,
    /// Handle; on YouTube the channel's id.
    pub posted_by_handle: Option<String>,
    /// At most 100.
    pub sponsor_links: Option<Vec<String>>,
    /// At most 4,096 characters.
    pub post_title: Option<String>,
    /// At most 4,096 characters.
    pub post_link: Option<String>,
    /// At most 4,096 characters.
    pub post_thumbnail: Option<String>,
    /// At most 45 characters.
    pub metrics_ingestion_freq: Option<String>,
    /// Whether it is measured.
    pub retrieve_data: Option<bool>,
    /// Whether analytics show it.
    pub show_in_report: Option<bool>,
    /// Campaign profile of who posted it.
    pub posted_by_cp_id: Option<i64>,
}

/// A post to remove: by its id, or by platform and code.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct RemovedPostIn {
    pub id: Option<i64>,
    /// In any case.
    pub platform: Option<String>,
    pub short_code: Option<String>,
}

/// A post as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostItemOut {
    pub id: Option<i64>,
    pub platform: String,
    pub short_code: String,
    pub post_collection_id: Option<String>,
    /// In units of the currency.
    pub cost: Option<i64>,
    pub bookmarked: Option<bool>,
    pub enabled: Option<bool>,
    pub post_type: String,
    pub posted_by_handle: Option<String>,
    /// Searches of collections only.
    pub handle_profile_pic: Option<String>,
    #[schema(value_type = Option<Vec<String>>)]
    pub sponsor_links: Option<Value>,
    pub post_title: Option<String>,
    pub post_link: Option<String>,
    pub post_thumbnail: Option<String>,
    pub metrics_ingestion_freq: Option<String>,
    pub created_by: Option<String>,
    pub retrieve_data: Option<bool>,
    pub show_in_report: Option<bool>,
    pub posted_by_cp_id: Option<i64>,
    /// Seconds since 1970.
    pub created_at: Option<i64>,
    /// Seconds since 1970.
    pub updated_at: Option<i64>,
}

envelope! {
    /// Answer of the routes of posts in collections.
    pub PostItemsOut {
        /// Null on errors.
        #[serde(rename = "collectionItems")]
        collection_items: Vec<PostItemOut>
    }
    fails with ERROR, null
}

/// What posts can be filtered and sorted by.
pub struct ItemFields;

impl ListFields for ItemFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("platform", Kind::Text),
        Field::new("short_code", Kind::Text),
        Field::new("post_type", Kind::Text),
        Field::new("cost", Kind::Integer),
        Field::new("enabled", Kind::Bool),
        Field::new("bookmarked", Kind::Bool),
        Field::new("posted_by_handle", Kind::Text),
        Field::new("post_title", Kind::Text),
        Field::new("retrieve_data", Kind::Bool),
        Field::new("show_in_report", Kind::Bool),
        Field::new("posted_by_cp_id", Kind::Integer),
        Field::new("created_at", Kind::Timestamp),
        Field::new("updated_at", Kind::Timestamp),
    ];
}
