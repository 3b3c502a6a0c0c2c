//! Rows of the usage tables.

pub mod counter;
pub mod page_track;
