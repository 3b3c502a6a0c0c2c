//! Post collections: posts of one campaign, measured together.
//!
//! Owns `post_collection`, `post_collection_item`. Other modules ask which collections a partner has.

mod dao;
mod service;

pub use service::PostCollectionService;
