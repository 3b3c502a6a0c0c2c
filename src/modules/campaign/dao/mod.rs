//! Statements of the module.

pub mod contact_flags;
pub mod create;
pub mod profile;
