//! Keyword collections: what is posted about a topic.
//!
//! Owns `keyword_collection`. Other modules ask what the reports have come to.

mod dao;
mod entity;
mod service;

pub use entity::ReportTotals;
pub use service::KeywordCollectionService;
