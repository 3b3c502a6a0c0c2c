//! Collection groups: a named list of post and profile collections, measured as one.
//!
//! Prefix `/collection-group-service`. Owns `collection_group`. A plain module: rows, mappings and
//! rules are `manager.rs`; the layers come from [`crate::core::crud`].

mod api;
mod dao;
mod entity;
mod manager;

pub use api::routes;
