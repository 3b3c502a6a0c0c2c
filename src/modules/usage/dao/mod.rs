//! Statements on the usage tables.

pub mod charge;
pub mod counters;
