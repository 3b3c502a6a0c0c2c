//! A partner's contract with its limits, as it is delivered, changed and answered.

use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use crate::core::json::objects;
use crate::core::respond::{ERROR, Envelope, Status};

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

/// What a contract allows from when to when.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct ContractLimits {
    /// Contract.
    pub id: Option<i64>,
    /// Partner.
    pub partner_id: Option<i64>,
    /// `SAAS` for the contracts that decide the plan.
    pub contract_type: Option<String>,
    /// State of the contract.
    pub status: Option<String>,
    /// How far the partner has been set up.
    pub onboarding_status: Option<String>,
    /// `FREE`, `SAAS` or `PAID`.
    pub plan: Option<String>,
    /// First instant, milliseconds since 1970.
    pub start_time: Option<i64>,
    /// End, milliseconds since 1970.
    pub end_time: Option<i64>,
    /// Limits by module.
    #[serde(deserialize_with = "objects")]
    pub configurations: Option<Vec<LimitNamespace>>,
}

/// What a contract says of one module.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitNamespace {
    /// Name of the module.
    pub namespace: Option<String>,
    /// Whether the contract includes it.
    pub enabled: Option<bool>,
    /// Plan of the module.
    pub plan_type: Option<String>,
    /// Settings.
    #[serde(deserialize_with = "objects")]
    pub configuration: Option<Vec<LimitConfig>>,
}

/// A setting of a module; key `USAGE` with type `COUNTER` is a limit.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct LimitConfig {
    /// Name of the setting.
    pub key: Option<String>,
    /// Values of a list.
    pub values: Option<Vec<String>>,
    /// Kind of the setting.
    #[serde(rename = "type")]
    pub kind: Option<String>,
    /// Limit, 0 or more.
    pub value: Option<i64>,
    /// Units used since the last reset.
    #[serde(deserialize_with = "zero_for_null")]
    pub consumed: i64,
    /// `daily`, `weekly`, `monthly`, `quarterly` or `yearly`; with another one the counter lasts until
    /// the contract ends.
    pub frequency: Option<String>,
}

fn zero_for_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
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
