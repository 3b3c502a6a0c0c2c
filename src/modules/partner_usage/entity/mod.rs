//! Rows of the usage tables.

pub(super) mod activity;
pub(super) mod page_track;
pub(super) mod usage;
