//! The log of activities as it is answered.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// Something that the caller did.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ActivityOut {
    /// Activity.
    pub id: i64,
    /// Tenant.
    pub partner_id: i64,
    /// `DISCOVERY`, `CAMPAIGN_REPORT` or `TOPIC_RESEARCH`.
    #[serde(rename = "type")]
    pub kind: String,
    /// What was done; `result` has the present totals of a collection.
    #[schema(value_type = Option<Object>)]
    pub meta: Option<Value>,
    /// Seconds since 1970.
    pub updated_at: i64,
}

envelope! {
    /// Answer of the activity routes.
    pub ActivitiesOut {
        /// A page of activities, or the one; null on errors.
        activities: Vec<ActivityOut>
    }
    fails with ERROR, null
}

/// Fields of the log of activities.
pub struct ActivityFields;

impl ListFields for ActivityFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("type", Kind::Text),
        Field::new("created_at", Kind::Timestamp),
        Field::new("updated_at", Kind::Timestamp),
        Field::filter_only("meta", Kind::JsonText).with_depth(1),
    ];
}
