//! Collections.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};
use utoipa::ToSchema;

use super::item::{PostItemIn, PostItemOut};
use crate::core::envelope::envelope;
use crate::core::json;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// A collection as clients send it. A change writes the members that it has; of those, `shareId`, `source`,
/// `sourceId` and `items` are read at creation only.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PostCollectionIn {
    /// 1 to 255 characters.
    pub name: Option<String>,
    /// `SAAS`, `SAAS-AT`, `GCC_CAMPAIGN` or `CAMPAIGN`.
    pub source: Option<String>,
    /// What it is at its source; a `SAAS` collection is its own source.
    pub source_id: Option<String>,
    /// 7 to 64 of `A-Z a-z 0-9 _ -`; generated where there is none.
    pub share_id: Option<String>,
    /// In units of the currency.
    pub budget: Option<i64>,
    /// Seconds since 1970.
    pub start_time: Option<i64>,
    /// Seconds since 1970, not before `startTime`.
    pub end_time: Option<i64>,
    /// At most 10,000 characters.
    pub comments: Option<String>,
    /// How often its posts are measured; at most 45 characters.
    pub metrics_ingestion_freq: Option<String>,
    /// Names of metrics; a new collection has none.
    pub disabled_metrics: Option<Vec<String>>,
    /// By metric; null where a metric is expected without a number. A new collection expects none.
    #[schema(value_type = Option<BTreeMap<String, Option<f64>>>)]
    pub expected_metric_values: Option<BTreeMap<String, Option<Number>>>,
    /// File whose rows become posts of a `SAAS` collection.
    pub items_asset_id: Option<i64>,
    /// Posts of a new `SAAS` collection without a file; at most 500.
    #[serde(deserialize_with = "json::objects")]
    pub items: Option<Vec<PostItemIn>>,
    /// `false` removes the collection.
    pub enabled: Option<bool>,
}

/// A collection as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostCollectionOut {
    pub id: String,
    pub share_id: String,
    pub name: String,
    pub partner_id: i64,
    pub source: String,
    pub source_id: String,
    /// 0 where none was set.
    pub budget: i64,
    pub enabled: bool,
    /// Seconds since 1970.
    pub start_time: Option<i64>,
    /// Seconds since 1970.
    pub end_time: Option<i64>,
    /// Job that adds posts from a file.
    pub job_id: Option<i64>,
    /// Searches: the five posts of a `SAAS` collection with the most reach.
    pub items: Option<Vec<PostItemOut>>,
    /// Account; not for who has but the share id, as the next ones.
    pub created_by: Option<String>,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub updated_at: i64,
    #[schema(value_type = Option<Vec<String>>)]
    pub disabled_metrics: Option<Value>,
    pub metrics_ingestion_freq: String,
    pub sentiment_report_path: Option<String>,
    pub sentiment_report_bucket: Option<String>,
    #[schema(value_type = Option<BTreeMap<String, Option<f64>>>)]
    pub expected_metric_values: Option<Value>,
    pub comments: String,
    /// Searches: whether analytics have something to show.
    pub report_ready: Option<bool>,
    /// Searches: of all measured posts of a `SAAS` collection.
    pub reach: Option<i64>,
    /// Searches: the budget by the reach.
    pub cost_per_reach: Option<String>,
    /// Searches: measured posts, or those in the collection while none is measured.
    pub total_posts: Option<i64>,
}

impl PostCollectionOut {
    /// What anybody sees by the share id.
    pub fn shared(self) -> Self {
        Self {
            created_by: None,
            job_id: None,
            sentiment_report_path: None,
            sentiment_report_bucket: None,
            ..self
        }
    }
}

envelope! {
    /// Answer of the routes of post collections.
    pub PostCollectionsOut {
        /// None after a change; null on errors.
        collections: Vec<PostCollectionOut>
    }
    fails with ERROR, null
}

/// What collections can be filtered and sorted by.
pub struct CollectionFields;

impl ListFields for CollectionFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Text),
        Field::new("share_id", Kind::Text),
        Field::new("name", Kind::Text),
        Field::new("source", Kind::Text),
        Field::new("source_id", Kind::Text),
        Field::new("budget", Kind::Integer),
        Field::new("enabled", Kind::Bool),
        Field::new("start_time", Kind::Timestamp),
        Field::new("end_time", Kind::Timestamp),
        Field::new("created_by", Kind::Text),
        Field::new("created_at", Kind::Timestamp),
        Field::new("updated_at", Kind::Timestamp),
        Field::new("job_id", Kind::Integer),
        Field::new("metrics_ingestion_freq", Kind::Text),
    ];
}

/// Where the report on the comments of a collection lies.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "camelCase")]
pub struct SentimentReportIn {
    /// `POST`.
    pub collection_type: String,
    /// Collection.
    pub collection_id: String,
    /// Path in the bucket.
    pub sentiment_report_path: String,
    /// Bucket.
    pub sentiment_report_bucket: String,
}
