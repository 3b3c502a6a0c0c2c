//! Profile collections: creators that a partner gathers.
//!
//! Owns `profile_collection`, `profile_collection_item`, `profile_collection_item_cc_data`. Other
//! modules ask which collections a partner has.

mod dao;
mod service;

pub use service::{MeasuredCollection, ProfileCollectionService};
