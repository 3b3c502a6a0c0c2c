//! What other modules tell the engine: activities, and contracts with their limits.

mod activity;
mod contract;

pub use activity::{Activity, ActivityLog, Charge, Once, UsageModule};
pub use contract::{ContractLimits, LimitConfig, LimitNamespace};
