//! `/partner-usage-service`: counters of partners' contracts, unlocked profile pages, the log of
//! activities.
//!
//! Owns the tables `partner_usage`, `partner_profile_page_track`, `charged_search` and
//! `activity_tracker`, and the Redis keys `partnercontract-{partner}`. Emits `coffee.dx___activity_tracker_rk`, one event per logged
//! activity. Other modules charge through [`UsageService`] inside their own unit of work.

mod activity;
mod api;
mod contract_client;
mod dao;
mod dto;
mod entity;
mod jobs;
mod manager;
mod service;

pub use activity::{Activity, ActivityLog, Charge, Once, UsageModule};
pub use api::routes;
pub use dto::{ActivitiesOut, LimitNamespace};
pub use jobs::jobs;
pub use manager::next_reset;
pub use service::{ACTIVITY_LOG, ContractTerms, PartnerUsageService, UsageService};
