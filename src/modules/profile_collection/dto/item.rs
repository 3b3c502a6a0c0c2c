//! Items of collections.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::envelope::{Envelope, FAILURE_500, Status};
use crate::core::json;
use crate::modules::discovery::ProfileOut;

/// An item as clients name, add and change it. Other members are ignored.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ItemIn {
    /// Names a stored item.
    pub id: Option<i64>,
    /// `INSTAGRAM`, `YOUTUBE` or `GCC`.
    pub platform: Option<String>,
    /// Row id of the account.
    pub platform_account_code: Option<i64>,
    pub campaign_profile_id: Option<i64>,
    #[serde(deserialize_with = "json::object")]
    pub profile: Option<HandleIn>,
    /// At most 45 characters.
    pub shortlisting_status: Option<String>,
    /// At most 255 characters; `-1` empties it.
    pub shortlist_id: Option<String>,
    /// Whether others than the owner do not see it.
    pub hidden: Option<bool>,
    /// Changes only: `false` removes the item, `true` adds a removed one again.
    pub enabled: Option<bool>,
    /// Changes only.
    pub rank: Option<i64>,
    /// At most 45 characters.
    pub brand_selection_status: Option<String>,
    /// At most 10,000 characters.
    pub brand_selection_remarks: Option<String>,
    /// At most 127 characters; from the platform alone.
    pub commercials: Option<String>,
    /// Values of custom columns.
    #[serde(deserialize_with = "json::objects")]
    pub custom_columns_data: Option<Vec<ValueIn>>,
}

/// An account by its handle.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct HandleIn {
    /// On YouTube `@name` or the channel's id.
    pub handle: Option<String>,
}

/// A value of a custom column.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ValueIn {
    /// 1 to 127 characters.
    pub key: Option<String>,
    /// At most 255 characters.
    pub value: Option<String>,
}

/// An item as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemOut {
    #[serialize_always]
    pub id: Option<i64>,
    #[serialize_always]
    pub platform: Option<String>,
    #[serialize_always]
    pub platform_account_code: Option<i64>,
    #[serialize_always]
    pub campaign_profile_id: Option<i64>,
    #[serialize_always]
    pub profile_social_id: Option<String>,
    #[serialize_always]
    pub profile_collection_id: Option<i64>,
    #[serialize_always]
    pub partner_id: Option<i64>,
    #[serialize_always]
    pub shortlisting_status: Option<String>,
    #[serialize_always]
    pub enabled: Option<bool>,
    /// Account, as text; null by share id.
    #[serialize_always]
    pub created_by: Option<String>,
    #[serialize_always]
    pub shortlist_id: Option<String>,
    /// Seconds since 1970.
    pub created_at: Option<i64>,
    /// Seconds since 1970.
    pub updated_at: Option<i64>,
    pub hidden: Option<bool>,
    pub rank: Option<i64>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_columns_data: Vec<ValueOut>,
    pub brand_selection_status: Option<String>,
    pub brand_selection_remarks: Option<String>,
    /// The platform sees it alone.
    pub commercials: Option<String>,
    /// Searches only; in `failedItems` what the client sent.
    #[schema(value_type = Option<ProfileOut>)]
    pub profile: Option<ItemProfileOut>,
}

/// The profile of an item.
#[derive(Debug, Clone, Serialize)]
#[serde(untagged)]
pub enum ItemProfileOut {
    /// As it is.
    Found(Box<ProfileOut>),
    /// As the client named it.
    Named(HandleIn),
}

/// A value of a custom column.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ValueOut {
    pub id: Option<i64>,
    pub key: String,
    pub value: String,
}

/// Answer of the routes of items.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ItemsOut {
    /// Outcome.
    pub status: Status,
    /// Null on errors.
    pub collection_items: Option<Vec<ItemOut>>,
    /// Items that could not be added, as they were sent; null on errors.
    pub failed_items: Option<Vec<ItemOut>>,
}

impl ItemsOut {
    /// An answer with these items.
    pub fn of(status: Status, items: Vec<ItemOut>, failed: Vec<ItemOut>) -> Self {
        Self { status, collection_items: Some(items), failed_items: Some(failed) }
    }
}

impl Envelope for ItemsOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, collection_items: None, failed_items: None }
    }
}
