//! Post collections: posts of one campaign, measured together.
//!
//! Owns `post_collection`, `post_collection_item`, and reads `collection_post_metrics_summary`. Other
//! modules ask which collections a partner has and what they have come to.

mod dao;
mod entity;
mod service;

pub use entity::PostTotals;
pub use entity::collection::Model as PostCollection;
pub use entity::item::Model as PostItem;
pub use service::PostCollectionService;
