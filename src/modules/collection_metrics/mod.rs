//! The metrics engine: what the posts of collections have come to, and how they got there.
//!
//! Other modules ask [`CollectionMetricsService`] inside their own unit of work, with ids of collections that
//! they looked up; it names none of them. Reads `collection_post_metrics_summary`, `collection_hashtag` and
//! `collection_keyword`, and in ClickHouse `mart_collection_post_ts` and `mart_collection_clicks_ts`; the job
//! `collection-metrics` of the warehouse writes all but the clicks. No routes, no events.

mod dao;
mod dto;
mod entity;
mod service;

pub use dto::{CollectionType, Measured, PostFilters, Rollup, STOP_WORDS, Window, WordKind};
pub use entity::{
    ClicksPoint, Counters, DailyViews, MeasuredPost, MeasuredProfile, PostTypes, SeriesPoint,
    Summary, Word, float, per,
};
pub use service::CollectionMetricsService;

use crate::core::module::Module;

/// The module.
pub fn module() -> Module {
    Module::engine("collection-metrics")
}
