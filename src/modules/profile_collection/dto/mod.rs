//! What clients send and get.

mod collection;
mod item;
mod legacy;

pub use collection::{
    AccountLinkOut, CollectionFields, CollectionIn, CollectionOut, CollectionsOut, Column,
    OrderedColumns, PlatformColumns, PlatformSummaryOut, ProfileCountOut,
};
pub use item::{HandleIn, ItemIn, ItemOut, ItemProfileOut, ItemsOut, ValueIn, ValueOut};
pub use legacy::{MigrationInfoOut, MigrationOut};
