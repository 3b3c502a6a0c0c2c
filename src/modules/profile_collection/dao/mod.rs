//! SQL of profile collections.

pub mod collection;
pub mod item;
pub mod legacy;
pub mod measured;
pub mod summary;
pub mod value;
