//! Ranked accounts of a month: `/leaderboard-service/api/leaderboard`.
//!
//! Reads the ClickHouse table `leaderboard`, which the warehouse derives; accounts and their weekly
//! series come from discovery. Writes nothing and emits nothing. The batches of `download_leaderboard_q` make files.

mod api;
mod dao;
mod dto;
mod entity;
mod listener;
mod manager;
mod service;

pub use dto::{
    AccountInfoOut, Graph, LeaderboardEntryOut, LeaderboardMetricsOut, RankedMetricsOut,
};
pub use service::{LeaderboardPage, LeaderboardService};

use std::sync::Arc;

use crate::core::config::Config;
use crate::core::files::Files;
use crate::core::job_batch::JobTracker;
use crate::core::module::{Module, Need};
use crate::modules::discovery::DiscoveryService;

/// The module.
pub fn module(
    config: &Config,
    discovery: &Arc<DiscoveryService>,
    (files, tracker): (&Arc<Files>, &Arc<JobTracker>),
) -> Module {
    let (discovery, files) = (Arc::clone(discovery), Arc::clone(files));
    let service = Arc::new(LeaderboardService::new(config, discovery, files));
    Module::new("leaderboard")
        .routes(api::routes(&service))
        .listens(listener::subscriptions(&service, tracker))
        .needs(&[Need::ClickHouse])
}
