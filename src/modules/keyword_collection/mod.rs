//! Keyword collections: what is posted about a topic, `/keyword-collection-service/api/collection`.
//!
//! Owns `keyword_collection`. A collection is a job for the data plane (`beat.dx___keyword_collection_rk`),
//! which puts its report into the object store and says so in `keyword_collection_out_q`; ClickHouse reads the
//! report where it is. Accounts behind the report come from discovery.

mod api;
mod dao;
mod dto;
mod entity;
mod jobs;
mod listener;
mod manager;
mod service;

pub use entity::ReportTotals;
pub use service::KeywordCollectionService;

use std::sync::Arc;

use crate::core::config::Config;
use crate::core::events::Queue;
use crate::core::module::Module;
use crate::modules::discovery::DiscoveryService;

/// Queue of the data plane, which makes the reports.
const REPORT_JOBS: Queue =
    Queue::new("beat.dx", "keyword_collection_q").bound_to(&["keyword_collection_rk"]);

/// The module.
pub fn module(config: &Config, discovery: &Arc<DiscoveryService>) -> Module {
    let service = Arc::new(KeywordCollectionService::new(config, Arc::clone(discovery)));
    Module::new("keyword-collection")
        .with_optional_slash()
        .routes(api::routes(&service))
        .listens(listener::subscriptions())
        .publishes(REPORT_JOBS)
        .runs(jobs::jobs(config))
}
