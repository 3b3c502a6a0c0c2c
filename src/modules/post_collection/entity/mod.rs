//! Rows of post collections.

pub mod collection;
pub mod item;
mod totals;

pub use totals::PostTotals;
