//! The usage engine: what partners may use, what they used, and the log of it.
//!
//! Other modules charge through [`UsageService`] inside their own unit of work; it names none of them.
//! Owns the tables `partner_usage`, `partner_profile_page_track` and `charged_search`, and writes
//! `activity_tracker`, which `activity` reads. Emits `coffee.dx___activity_tracker_rk`, one event per
//! logged activity.

mod dao;
mod dto;
mod entity;
mod jobs;
mod manager;
mod service;

pub use dto::{
    Activity, ActivityLog, Charge, ContractLimits, LimitNamespace, Once, Quota, UsageModule,
};
pub use service::UsageService;

use crate::core::config::Config;
use crate::core::module::Module;

/// The module.
pub fn module(config: &Config) -> Module {
    Module::engine("usage").publishes(service::ACTIVITY_LOG).runs(jobs::jobs(config))
}
