//! `/activity-service`: what the caller did.
//!
//! Reads `activity_tracker`, which the engine of `usage` writes. `partner_usage` answers the same list.

mod api;
mod dao;
mod dto;
mod entity;
mod manager;
mod service;

use std::sync::Arc;

use crate::core::module::Module;

pub use dto::{ActivitiesOut, ActivityFields};
pub use service::ActivityService;

/// The module.
pub fn module(service: &Arc<ActivityService>) -> Module {
    Module::new("activity").routes(api::routes(service))
}
