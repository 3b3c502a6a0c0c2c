//! A collection as clients send and get it.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::report::{ReportOut, ReportStatus};
use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// A collection as clients send it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct KeywordCollectionIn {
    /// Blank = made from the keywords. At most 255 characters.
    pub name: Option<String>,
    /// Chosen when it is stored: 7 to 64 of `A-Z a-z 0-9 _ -`; absent = a new one. No change has one.
    pub share_id: Option<String>,
    /// `INSTAGRAM` or `YOUTUBE`; set once.
    pub platform: Option<String>,
    /// Milliseconds since 1970.
    pub start_time: Option<i64>,
    /// Milliseconds since 1970, not before `startTime`.
    pub end_time: Option<i64>,
    /// 1 to 1,000 texts of at most 255 characters. Blanks around them and repetitions are dropped.
    pub keywords: Option<Vec<String>>,
    /// `false` removes the collection.
    pub enabled: Option<bool>,
}

/// A collection as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct KeywordCollectionOut {
    pub id: String,
    pub share_id: String,
    pub name: String,
    pub partner_id: i64,
    pub platform: String,
    pub enabled: bool,
    /// Milliseconds since 1970.
    pub start_time: i64,
    /// Milliseconds since 1970.
    pub end_time: i64,
    pub job_id: Option<i64>,
    pub keywords: Vec<String>,
    /// Account; absent where the share id was asked for.
    pub created_by: Option<String>,
    /// Seconds since 1970.
    pub created_at: i64,
    /// Seconds since 1970.
    pub updated_at: i64,
    /// For the platform alone; null for others.
    #[serde(rename = "report_bucket")]
    #[serialize_always]
    pub report_bucket: Option<String>,
    /// For the platform alone; null for others.
    #[serde(rename = "report_path")]
    #[serialize_always]
    pub report_path: Option<String>,
    /// For the platform alone; null for others.
    #[serde(rename = "demography_report_path")]
    #[serialize_always]
    pub demography_report_path: Option<String>,
    /// In lists and reports.
    pub report_status: Option<ReportStatus>,
    /// In lists without its distributions, all of which are empty there; absent where it cannot be read.
    pub report: Option<ReportOut>,
}

envelope! {
    /// Answer with collections.
    pub KeywordCollectionsOut {
        /// None after a change; null on errors.
        collections: Vec<KeywordCollectionOut>
    }
    fails with ERROR, null
}

/// Fields of the list of collections.
pub struct KeywordFields;

impl ListFields for KeywordFields {
    const FIELDS: &'static [Field] = &[
        Field::filter_only("id", Kind::Text),
        Field::filter_only("name", Kind::Text),
        Field::filter_only("platform", Kind::Text),
        Field::filter_only("share_id", Kind::Text),
        Field::filter_only("enabled", Kind::Bool),
        Field::new("created_at", Kind::Timestamp),
    ];
}

/// Fields of a report: it has a filter for its collection.
pub struct ReportFields;

impl ListFields for ReportFields {
    const FIELDS: &'static [Field] = &[Field::filter_only("collectionId", Kind::Text)];
}
