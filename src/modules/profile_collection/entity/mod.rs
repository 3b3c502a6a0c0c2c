//! Rows of profile collections.

pub mod collection;
pub mod item;
mod summary;

pub use summary::{ColumnTotal, CustomValue, MigrationInfo, PlatformTotal};
