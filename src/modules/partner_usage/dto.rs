//! A partner with its contracts, and the envelopes of the routes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::envelope::{ERROR, Envelope, Status, envelope};
use crate::core::json::objects;
use crate::modules::usage::ContractLimits;

/// A partner with its contracts.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct PartnerLimits {
    /// Partner.
    pub id: Option<i64>,
    /// Name.
    pub name: Option<String>,
    /// State of the partner.
    pub status: Option<String>,
    /// Whether products are taken over from the partner's shop.
    pub inventory_sync_enabled: Option<bool>,
    /// Contracts.
    #[serde(deserialize_with = "objects")]
    pub contracts: Option<Vec<ContractLimits>>,
}

envelope! {
    /// Answer of the contract routes.
    pub PartnerLimitsOut {
        /// The one partner; null after a change and on errors.
        partner: Vec<PartnerLimits>
    }
    fails with ERROR, null
}

/// Answer of the unlock route: the outcome without an envelope.
#[derive(Debug, Serialize, ToSchema)]
#[serde(transparent)]
pub struct UnlockOut(pub Status);

impl Envelope for UnlockOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self(status)
    }
}
