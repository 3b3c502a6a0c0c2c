//! Derives: everything from observations and accounts, and what the collections of partners need.

mod collections;
mod rebuild;

/// The derived tables.
#[derive(Debug, Clone, Copy, Default)]
pub struct WarehouseService;
