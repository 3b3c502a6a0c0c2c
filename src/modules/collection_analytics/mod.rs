//! Analytics of collections: what the posts of a collection or of a group of them have come to.
//!
//! Prefix `/collection-analytics-service`. Owns nothing: collections come from the modules that keep them,
//! numbers from the engine `collection_metrics`, the report on comments from the object store through
//! ClickHouse. Emits nothing, and writes nothing but the files of a job that reports on creators.

mod api;
mod dao;
mod dto;
mod entity;
mod listener;
mod manager;
mod service;

use std::sync::Arc;

use crate::core::files::Files;
use crate::core::job_batch::JobTracker;
use crate::core::module::Module;
use crate::modules::discovery::DiscoveryService;

/// The module.
pub fn module(
    discovery: &Arc<DiscoveryService>,
    services: (&Arc<Files>, &Arc<JobTracker>),
) -> Module {
    let service = Arc::new(service::AnalyticsService::new(discovery));
    Module::new("collection-analytics")
        .routes(api::routes(&service))
        .listens(listener::subscriptions(&service, services))
        .with_optional_slash()
}
