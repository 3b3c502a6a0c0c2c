//! Rules of the analytics.

pub mod asked;
pub mod entry;
pub mod file;
pub mod series;
pub mod summary;
