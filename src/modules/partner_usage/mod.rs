//! `/partner-usage-service`: contracts with what was consumed of them, and unlocked profile pages.
//!
//! Owns the Redis keys `partnercontract-{partner}`. Counters and pages are `usage`'s, the list of
//! activities is `activity`'s.

mod api;
mod client;
mod dto;
mod manager;
mod service;

use std::sync::Arc;

use crate::core::config::Config;
use crate::core::module::Module;
use crate::modules::activity::ActivityService;
use crate::modules::discovery::DiscoveryService;
use service::PartnerUsageService;

/// The module.
pub fn module(
    config: &Config,
    (discovery, activity): (&Arc<DiscoveryService>, &Arc<ActivityService>),
) -> Module {
    let service = Arc::new(PartnerUsageService::new(config, Arc::clone(discovery)));
    Module::new("partner-usage").routes(api::routes(&service, activity))
}
