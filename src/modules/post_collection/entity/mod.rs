//! Rows of post collections.

pub mod collection;
pub mod item;
