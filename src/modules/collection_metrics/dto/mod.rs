//! What other modules hand in.

mod kind;
mod measured;
mod words;

pub use kind::CollectionType;
pub use measured::{Measured, PostFilters, Rollup, Window};
pub use words::{STOP_WORDS, WordKind};
