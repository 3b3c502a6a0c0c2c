//! What the routes read and answer.

mod activities;
mod contract;

pub use activities::{ActivitiesOut, ActivityOut};
pub use contract::{
    ContractLimits, LimitConfig, LimitNamespace, PartnerLimits, PartnerLimitsOut, UnlockOut,
};
