//! Every statement of the module.

pub mod account;
pub mod collection;
pub mod import;
pub mod search;
