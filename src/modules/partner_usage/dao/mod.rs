//! Statements on the usage tables.

pub(super) mod activities;
pub(super) mod counters;
pub(super) mod log;
