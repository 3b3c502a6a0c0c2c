//! Rules of the module, all of them pure.

pub mod audience;
pub mod changes;
pub mod handle;
pub mod languages;
pub mod search;
pub mod sync;
