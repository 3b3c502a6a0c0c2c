//! What statements read of collections and their items.

use sea_orm::FromQueryResult;

/// How many items a collection has on a platform.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PlatformTotal {
    /// Collection.
    pub id: i64,
    /// Platform.
    pub platform: String,
    /// Items.
    pub items: i64,
    /// Items whose creators have an e-mail address.
    pub emails: i64,
    /// Items whose creators have a phone number.
    pub phones: i64,
    /// Accounts of the newest items, where they were asked for.
    pub newest: Option<Vec<i64>>,
}

/// What the items of a platform have in a custom column.
#[derive(Debug, Clone, PartialEq, FromQueryResult)]
pub struct ColumnTotal {
    /// Platform.
    pub platform: String,
    /// Key of the column.
    pub key: String,
    /// Items with a value that is not blank.
    pub filled: i64,
    /// Whether one of these values is no number.
    pub has_text: bool,
    /// Sum of those that are.
    pub sum: f64,
}

/// A value of an item in a custom column.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct CustomValue {
    /// Id.
    pub id: i64,
    /// Item.
    pub item_id: i64,
    /// Key of the column.
    pub key: String,
    /// Value.
    pub value: String,
}

/// Where a collection of an earlier product went.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct MigrationInfo {
    /// Id there.
    pub winkl_collection_id: i64,
    /// Share id there.
    pub winkl_collection_share_id: String,
    /// Campaign there.
    pub winkl_campaign_id: Option<i64>,
    /// Shortlist there.
    pub winkl_shortlist_id: Option<i64>,
    /// Collection here.
    pub profile_collection_id: i64,
    /// Its share id here.
    pub profile_collection_share_id: String,
}
