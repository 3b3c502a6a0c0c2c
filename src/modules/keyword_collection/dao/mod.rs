//! Statements on keyword collections and their reports.

pub mod collection;
pub mod report;
