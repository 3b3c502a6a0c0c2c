//! The derived tables of ClickHouse: time series, leaderboards, genre overview, trending content.
//!
//! Owns `accounts`, `account_periods`, `social_profile_time_series`, `leaderboard`, `genre_overview`,
//! `trending_content` and `derived_generations` there; reads the observed tables, which importers and
//! collectors write. A rebuild writes a generation of all tables beside the one that is read and publishes
//! it with one record, so that an answer never mixes two. A job finishes what broke off. Another one measures
//! the posts of collections: it writes `measured_collection`, and the tables that `collection_metrics` reads.
//! No routes, no events.

mod dao;
mod entity;
mod jobs;
mod manager;
mod service;

pub use service::WarehouseService;

use crate::core::config::Config;
use crate::core::module::Module;

/// The module.
pub fn module(config: &Config) -> Module {
    Module::engine("warehouse").runs(jobs::jobs(config))
}
