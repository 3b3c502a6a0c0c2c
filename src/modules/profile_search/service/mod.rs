//! Use cases of the module.

mod drift;
mod feed;
mod find;
mod maintenance;

pub(super) use drift::find_lost;
pub use feed::feed;
pub use find::{ProfileSearch, Silence};
pub use maintenance::{Maintenance, Progress};
