//! `/campaign-profile-service`: what staff and creators entered about an account, shown and edited together
//! with the account.
//!
//! The rows are `campaign`'s, which owns their table; accounts are `discovery`'s, asked through its service.
//! `dao` finds profiles in `campaign_profile_search`, with the collections that their accounts are in, and reads
//! those of the page from `campaign_profiles`. Hears which profiles the influencer application wants, and sends
//! them there.

mod api;
mod client;
mod dao;
mod dto;
mod listener;
mod manager;
mod service;

use std::sync::Arc;

use crate::core::config::Config;
use crate::core::module::Module;
use crate::modules::discovery::DiscoveryService;
use service::CampaignProfileService;

/// The module.
pub fn module(config: &Config, discovery: &Arc<DiscoveryService>) -> Module {
    let service = Arc::new(CampaignProfileService::new(config, discovery));
    Module::new("campaign-profile")
        .routes(api::routes(&service))
        .listens(listener::subscriptions(&service))
}
