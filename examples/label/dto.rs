//! What clients send and get.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// A label as clients send it.
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LabelIn {
    /// 1 to 100 characters; every label of a partner has its own.
    pub name: Option<String>,
    /// At most 20 characters.
    pub color: Option<String>,
    /// `false` removes the label.
    pub enabled: Option<bool>,
}

/// A label as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LabelOut {
    pub id: i64,
    pub name: String,
    pub color: Option<String>,
    pub created_by: String,
    /// Seconds since 1970.
    pub updated_at: i64,
}

envelope! {
    /// Answer of the label routes.
    pub LabelsOut {
        /// None after a change; absent on errors.
        labels: Vec<LabelOut>
    }
    fails with ERROR, absent
}

/// What labels can be filtered and sorted by.
pub struct LabelFields;

impl ListFields for LabelFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("name", Kind::Text),
        Field::new("color", Kind::Text),
        Field::new("updated_at", Kind::Timestamp),
    ];
}
