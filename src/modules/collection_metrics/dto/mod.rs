//! What other modules hand in.

mod kind;
mod measured;

pub use kind::CollectionType;
pub use measured::{Measured, PostFilters, Rollup, Window};
