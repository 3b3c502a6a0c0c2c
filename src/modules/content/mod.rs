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

pub use api::routes;
pub use dto::TrendingEntryOut;
pub use service::ContentService;
