//! What other modules tell the engine: activities, contracts with their limits, quotas of the plan
//! `FREE`.

mod activity;
mod contract;
mod quota;

pub use activity::{Activity, ActivityLog, Charge, Once, UsageModule};
pub use contract::{ContractLimits, LimitConfig, LimitNamespace};
pub use quota::Quota;
