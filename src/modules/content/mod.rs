//! The most viewed and most played posts: `/content-service/api/content`.
//!
//! Reads the ClickHouse table `trending_content`, which the warehouse derives; accounts come from
//! discovery. Writes nothing and emits nothing.

mod api;
mod dao;
mod dto;
mod entity;
mod manager;
mod service;

pub use dto::TrendingEntryOut;
pub use service::ContentService;

use std::sync::Arc;

use crate::core::module::{Module, Need};
use crate::modules::discovery::DiscoveryService;

/// The module.
pub fn module(discovery: &Arc<DiscoveryService>) -> Module {
    let service = Arc::new(ContentService::new(Arc::clone(discovery)));
    Module::new("content").routes(api::routes(&service)).needs(&[Need::ClickHouse])
}
