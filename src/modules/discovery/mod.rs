//! `/discovery-service`: creators' accounts, their profiles, and the search for them.
//!
//! Owns `instagram_account`, `youtube_account`, `group_metrics`, `social_profile_audience_info`,
//! `social_profile_hashtags`, `locations` and, in ClickHouse, `social_profile_time_series`. Statements
//! of `dao` also join `campaign_profiles`, `profile_collection` and `profile_collection_item` for reading. Searches are charged and logged through
//! `usage`, which emits the event. Accounts that are not known are fetched from the
//! collector service; what collectors announce is heard on the queues of `upserttracker.dx`. An account
//! that is stored first gets its campaign profile from `campaign`. Jobs rebuild the places, and what staff find
//! accounts by.

mod api;
mod client;
mod dao;
mod dto;
mod entity;
mod jobs;
mod listener;
mod manager;
mod service;

pub use dto::{
    AgeGenderSplitOut, CampaignProfileOut, CollectedAudience, CreatorToken, GradesOut,
    GroupMetricsOut, HistogramBin, MetricsOut, PostOut, ProfileOut, SocialAccountOut,
};
pub use entity::AccountLink;
pub use entity::time_series::SeriesPoint;
pub use entity::{AccountRow, Owners, Pair};
pub use manager::admin_search::AdminSearch;
pub use manager::derived;
pub use service::{
    AccountCard, AccountName, Collected, DiscoveryService, NamedBy, ResolvedAccount,
    campaign_profile, own_entry, unmasked_campaign_profile,
};

use std::sync::Arc;

use crate::core::config::Config;
use crate::core::module::Module;

/// The module.
pub fn module(config: &Config, service: &Arc<DiscoveryService>) -> Module {
    Module::new("discovery")
        .routes(api::routes(service))
        .listens(listener::subscriptions(service))
        .runs(jobs::jobs(config))
}
