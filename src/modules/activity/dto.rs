//! The log of activities as it is answered.

use serde::Serialize;
use serde_json::Value;
use utoipa::ToSchema;

use crate::core::respond::{ERROR, Envelope, Status};

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

/// Answer of the activity routes.
#[derive(Debug, Serialize, ToSchema)]
pub struct ActivitiesOut {
    /// Outcome.
    pub status: Status,
    /// A page of activities, or the one; null on errors.
    pub activities: Option<Vec<ActivityOut>>,
}

impl Envelope for ActivitiesOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status, activities: None }
    }
}
