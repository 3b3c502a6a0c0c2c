//! Collection groups: a named list of post and profile collections, measured as one.
//!
//! Prefix `/collection-group-service`. Owns `collection_group`.

mod api;
mod dao;
mod dto;
mod entity;
mod manager;
mod service;

pub use dto::{GroupMetadata, GroupOut};
pub use service::CollectionGroupService;

use crate::core::module::Module;

/// The module.
pub fn module() -> Module {
    Module::new("collection-group").routes(api::routes()).with_optional_slash()
}
