//! Rows of the partner tables.

use chrono::{DateTime, Utc};
use sea_orm::FromQueryResult;

/// What a partner may use from when to when.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct Contract {
    /// `SAAS` for the contracts that decide the plan.
    pub contract_type: String,
    /// `FREE`, `SAAS` or `PAID`.
    pub plan: String,
    /// First instant.
    pub start_time: DateTime<Utc>,
    /// End, exclusive.
    pub end_time: DateTime<Utc>,
}
