//! `/partner-usage-service`: contracts with what was consumed of them, and unlocked profile pages.
//!
//! Owns the Redis keys `partnercontract-{partner}`. Counters and pages are `usage`'s, the list of
//! activities is `activity`'s.

mod api;
mod client;
mod dto;
mod manager;
mod service;

pub use api::routes;
pub use service::PartnerUsageService;
