//! `/activity-service`: what the caller did.
//!
//! Reads `activity_tracker`, which the engine of `usage` writes. `partner_usage` answers the same list.

mod api;
mod dao;
mod dto;
mod entity;
mod manager;
mod service;

pub use api::routes;
pub use dto::ActivitiesOut;
pub use service::ActivityService;
