//! Rules of the module.

pub mod derived;
pub mod details;
pub mod levels;
pub mod merge;
pub mod places;
