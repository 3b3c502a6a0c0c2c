//! Collections.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::ItemIn;
use crate::core::envelope::envelope;
use crate::core::json;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// A collection as clients send it. Other members are ignored, such as those that the server sets.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct CollectionIn {
    /// At most 255 characters.
    pub name: Option<String>,
    /// `SAAS`, `SAAS-AT`, `GCC_CAMPAIGN` or `CAMPAIGN`, in any case; stays as it is.
    pub source: Option<String>,
    /// What it is at its source; campaigns need one.
    pub source_id: Option<String>,
    /// At most 10,000 characters.
    pub description: Option<String>,
    /// Whether everybody may read it; the platform's word counts.
    pub featured: Option<bool>,
    /// `false` removes the collection.
    pub enabled: Option<bool>,
    /// Whether the accounts are measured; a new `SAAS-AT` collection is, others are not.
    pub analytics_enabled: Option<bool>,
    /// 7 to 64 of `A-Z a-z 0-9 _ -`, for a new collection.
    pub share_id: Option<String>,
    pub categories: Option<Vec<String>>,
    pub category_ids: Option<Vec<i64>>,
    pub tags: Option<Vec<String>>,
    #[serde(deserialize_with = "json::objects")]
    pub ordered_columns: Option<Vec<OrderedColumns>>,
    /// Whether its share id opens it; true without.
    pub share_enabled: Option<bool>,
    pub campaign_id: Option<i64>,
    pub campaign_platform: Option<String>,
    pub disabled_metrics: Option<Vec<String>>,
    #[serde(deserialize_with = "json::objects")]
    pub custom_columns: Option<Vec<PlatformColumns>>,
    /// Platform of what is imported.
    pub platform: Option<String>,
    /// File whose rows become items, in a job.
    pub items_asset_id: Option<i64>,
    #[serde(deserialize_with = "json::objects")]
    pub items: Option<Vec<ItemIn>>,
    /// Collection whose items are copied, in a job.
    pub import_collection_id: Option<i64>,
}

/// Order of the columns of a platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct OrderedColumns {
    pub platform: String,
    /// Keys.
    pub columns: Vec<String>,
}

/// Custom columns of a platform.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PlatformColumns {
    pub platform: String,
    pub columns: Vec<Column>,
}

/// A custom column.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct Column {
    /// At most 127 characters; without one the title in lower case, blanks as `_`.
    pub key: String,
    /// 1 to 255 characters.
    pub title: String,
    /// Value of items that have none of their own.
    #[serialize_always]
    pub value: Option<String>,
    /// Whether others than the owner do not see it.
    pub hidden: Option<bool>,
    /// Whether it may be written by the collection's share id; true without.
    pub allow_edit: Option<bool>,
    /// `sum` or `average`, in any case.
    pub compute: Option<String>,
    /// What the items come to, with two decimals.
    #[serde(skip_deserializing)]
    pub computed_value: Option<String>,
    /// Why nothing could be computed; empty where it was.
    #[serde(skip_deserializing)]
    pub compute_error: Option<String>,
}

/// A collection as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionOut {
    pub id: i64,
    pub name: String,
    pub partner_id: i64,
    pub source: String,
    pub source_id: String,
    pub description: Option<String>,
    pub featured: bool,
    pub enabled: bool,
    pub analytics_enabled: bool,
    /// Account, as text; not by share id.
    pub created_by: Option<String>,
    pub share_id: String,
    /// Null without any.
    #[serialize_always]
    pub categories: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub category_ids: Vec<i64>,
    /// Null without any.
    #[serialize_always]
    pub tags: Option<Vec<String>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub ordered_columns: Vec<OrderedColumns>,
    pub share_enabled: bool,
    pub campaign_id: Option<i64>,
    pub campaign_platform: Option<String>,
    /// The job that fills it; not by share id.
    pub job_id: Option<i64>,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub updated_at: i64,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled_metrics: Vec<String>,
    /// Whether something of it was measured; searches of `SAAS-AT` collections only, like the four below.
    pub report_ready: Option<bool>,
    pub reach: Option<i64>,
    pub cost_per_reach: Option<String>,
    pub total_posts: Option<i64>,
    pub engagement_rate: Option<String>,
    /// By platform; platforms without items are left out.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub platform_wise_items_summary: BTreeMap<String, PlatformSummaryOut>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub custom_columns: Vec<PlatformColumns>,
}

/// The items of a platform.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PlatformSummaryOut {
    pub profile_count: ProfileCountOut,
    /// The newest ones; searches only.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub top_five_accounts: Vec<AccountLinkOut>,
}

/// How many items there are.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ProfileCountOut {
    pub count: i64,
    /// With an e-mail address.
    pub email_count: i64,
    /// With a phone number.
    pub phone_count: i64,
}

/// An account of a collection.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AccountLinkOut {
    /// Profile code.
    #[serialize_always]
    pub code: Option<String>,
    #[serialize_always]
    pub name: Option<String>,
    pub thumbnail: Option<String>,
    /// Address of the account on its platform.
    pub link: Option<String>,
}

envelope! {
    /// Answer of the routes of profile collections.
    pub CollectionsOut {
        /// None after a change; absent on errors.
        collections: Vec<CollectionOut>
    }
    fails with ERROR, absent
}

/// What collections can be filtered and sorted by.
pub struct CollectionFields;

impl ListFields for CollectionFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("name", Kind::Text),
        Field::filter_only("description", Kind::Text),
        Field::filter_only("share_id", Kind::Text),
        Field::filter_only("source", Kind::Text),
        Field::filter_only("source_id", Kind::Text),
        Field::filter_only("categories", Kind::TextArray),
        Field::filter_only("tags", Kind::TextArray),
        Field::filter_only("featured", Kind::Bool),
        Field::filter_only("enabled", Kind::Bool),
        Field::filter_only("analytics_enabled", Kind::Bool),
        Field::filter_only("share_enabled", Kind::Bool),
        Field::filter_only("campaign_id", Kind::Integer),
        Field::filter_only("campaign_platform", Kind::Text),
        Field::filter_only("job_id", Kind::Integer),
        Field::filter_only("created_by", Kind::Text),
        Field::new("created_at", Kind::Timestamp),
        Field::new("updated_at", Kind::Timestamp),
    ];
}
