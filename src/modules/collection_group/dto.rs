//! What clients send and get.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::caller::Caller;
use crate::core::envelope::envelope;
use crate::core::json;

/// A group as clients send it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupIn {
    pub name: Option<String>,
    pub source: Option<String>,
    pub source_id: Option<String>,
    pub objective: Option<String>,
    /// Ids of post and profile collections of the same partner.
    pub collection_ids: Option<Vec<String>>,
    #[serde(deserialize_with = "json::object")]
    pub metadata: Option<GroupMetadata>,
    /// `false` removes the group.
    pub enabled: Option<bool>,
}

/// Expectations of a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupMetadata {
    /// By metric; null where a metric is expected without a number.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub expected_metric_values: BTreeMap<String, Option<f64>>,
    /// Names of metrics.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub disabled_metrics: Vec<String>,
    /// What its owner says about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<String>,
}

/// A group as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupOut {
    /// Id.
    pub id: i64,
    /// Name.
    pub name: String,
    /// Ids of post and profile collections, as text.
    pub collection_ids: Option<Vec<String>>,
    /// Owner.
    pub partner_id: i64,
    /// What it is for.
    pub objective: Option<String>,
    /// Where it comes from.
    pub source: String,
    /// What it is at its source.
    pub source_id: String,
    /// `false` = removed.
    pub enabled: bool,
    /// Account, as text.
    pub created_by: String,
    /// Public name.
    pub share_id: String,
    /// Expectations.
    pub metadata: Option<GroupMetadata>,
}

/// A group as it is seen by its share id: what everybody may know, and what its owner and the platform see
/// besides. Nobody sees its author.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedGroupOut {
    pub id: i64,
    pub name: String,
    pub collection_ids: Option<Vec<String>>,
    pub objective: Option<String>,
    pub enabled: bool,
    pub share_id: String,
    /// For others the disabled metrics alone.
    pub metadata: Option<GroupMetadata>,
    /// Owner and platform only.
    pub partner_id: Option<i64>,
    /// Owner and platform only.
    pub source: Option<String>,
    /// Owner and platform only.
    pub source_id: Option<String>,
}

impl SharedGroupOut {
    /// What `caller` sees.
    pub fn of(group: GroupOut, caller: &Caller) -> Self {
        let is_own = caller.is_admin() || caller.partner_id == Some(group.partner_id);
        let for_everybody = |GroupMetadata { disabled_metrics, .. }| GroupMetadata {
            disabled_metrics,
            ..GroupMetadata::default()
        };
        Self {
            id: group.id,
            name: group.name,
            collection_ids: group.collection_ids,
            objective: group.objective,
            enabled: group.enabled,
            share_id: group.share_id,
            metadata: if is_own { group.metadata } else { group.metadata.map(for_everybody) },
            partner_id: is_own.then_some(group.partner_id),
            source: is_own.then_some(group.source),
            source_id: is_own.then_some(group.source_id),
        }
    }
}

envelope! {
    /// Answer of the group routes.
    pub GroupsOut {
        /// None after a change; absent on errors.
        groups: Vec<GroupOut>
    }
    fails with ERROR, absent
}

envelope! {
    /// Answer with a group by its share id.
    pub SharedGroupsOut {
        /// Absent on errors.
        groups: Vec<SharedGroupOut>
    }
    fails with ERROR, absent
}
