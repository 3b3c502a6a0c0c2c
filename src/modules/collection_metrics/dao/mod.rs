//! Statements on metrics.

pub mod posts;
pub mod series;
pub mod statement;
pub mod summary;
pub mod words;
