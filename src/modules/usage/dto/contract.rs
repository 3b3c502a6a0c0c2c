//! A contract with its limits, as it is delivered, stored, changed and answered.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Deserializer, Serialize};
use utoipa::ToSchema;

use super::UsageModule;
use crate::core::json::objects;
use crate::core::types::Plan;

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

impl ContractLimits {
    /// A contract that limits every limited module to `limit` units a month; with [`Plan::Free`] it
    /// names none.
    pub fn monthly(plan: Plan, (start, end): (DateTime<Utc>, DateTime<Utc>), limit: i64) -> Self {
        let monthly = LimitConfig {
            key: Some(LimitConfig::USAGE.to_owned()),
            kind: Some(LimitConfig::COUNTER.to_owned()),
            value: Some(limit),
            frequency: Some("monthly".to_owned()),
            ..LimitConfig::default()
        };
        let namespace = |module: &UsageModule| LimitNamespace {
            namespace: Some(module.name().to_owned()),
            enabled: Some(true),
            plan_type: Some(plan.name().to_owned()),
            configuration: Some(vec![monthly.clone()]),
        };
        let limited = UsageModule::LIMITED.iter().filter(|_| plan != Plan::Free);
        Self {
            plan: Some(plan.name().to_owned()),
            start_time: Some(start.timestamp_millis()),
            end_time: Some(end.timestamp_millis()),
            configurations: Some(limited.map(namespace).collect()),
            ..Self::default()
        }
    }
}

impl LimitConfig {
    const USAGE: &str = "USAGE";
    const COUNTER: &str = "COUNTER";

    /// Whether the setting is a limit.
    pub fn is_counter(&self) -> bool {
        self.key.as_deref() == Some(Self::USAGE) && self.kind.as_deref() == Some(Self::COUNTER)
    }
}

fn zero_for_null<'de, D: Deserializer<'de>>(deserializer: D) -> Result<i64, D::Error> {
    Option::deserialize(deserializer).map(Option::unwrap_or_default)
}
