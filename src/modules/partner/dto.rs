//! Partners and contracts as they are made and answered.

use chrono::{DateTime, Utc};
use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::{ERROR, Envelope, Status, TypedStatus};
use crate::core::types::Plan;

/// A contract to make.
#[derive(Debug, Clone, Copy)]
pub struct NewContract {
    /// Tenant.
    pub partner_id: i64,
    /// Plan that it gives.
    pub plan: Plan,
    /// First instant.
    pub start: DateTime<Utc>,
    /// A contract that is the same but began between this instant and the start is this one, asked for
    /// again.
    pub same_since: DateTime<Utc>,
    /// End, exclusive, after the start.
    pub end: DateTime<Utc>,
    /// Units of each limited module per month, 0 or more.
    pub limit: i64,
}

/// What became of a contract to make.
#[derive(Debug)]
pub struct MadeContract {
    /// The partner with all of its contracts.
    pub partner: Vec<PartnerOut>,
    /// Id of the same contract that existed before; then nothing has changed.
    pub existing: Option<i64>,
}

/// A tenant.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PartnerOut {
    /// Tenant.
    pub id: i64,
    /// Name.
    pub name: String,
    /// `ACTIVE`, or what an operator wrote.
    pub status: String,
    /// Always false: there is no inventory here.
    pub inventory_sync_enabled: bool,
    /// Contracts in the order in which they were made.
    pub contracts: Vec<ContractOut>,
}

/// What a tenant may use from when to when.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ContractOut {
    /// Contract.
    pub id: i64,
    /// Tenant.
    pub partner_id: i64,
    /// `SAAS` for the contracts that decide the plan.
    pub contract_type: String,
    /// `ACTIVE`, or what an operator wrote; does not count for the plan.
    pub status: String,
    /// How far the tenant has been set up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub onboarding_status: Option<String>,
    /// `FREE`, `SAAS` or `PAID`.
    pub plan: String,
    /// First instant, milliseconds since 1970.
    pub start_time: i64,
    /// End, exclusive, milliseconds since 1970.
    pub end_time: i64,
    /// Limits by module, as `usage` reads them; this module does not answer them.
    #[serde(skip)]
    pub configurations: serde_json::Value,
}

/// Answer of the route.
#[derive(Debug, Serialize, ToSchema)]
pub(super) struct PartnersOut {
    /// `type` is `SUCCESS` or `ERROR`.
    pub status: TypedStatus,
    /// The one partner.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub partners: Option<Vec<PartnerOut>>,
}

impl Envelope for PartnersOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status: status.into(), partners: None }
    }
}
