//! A partner with its contracts, and the envelopes of the routes.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::core::json::objects;
use crate::core::respond::{ERROR, Envelope, Status};
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

/// Answer of the contract routes.
#[derive(Debug, Serialize, ToSchema)]
pub struct PartnerLimitsOut {
    /// Outcome.
    pub status: Status,
    /// The one partner; null after a change and on errors.
    pub partner: Option<Vec<PartnerLimits>>,
}

impl Envelope for PartnerLimitsOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status, partner: None }
    }
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
