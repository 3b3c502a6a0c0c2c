//! `/profile-collection-service`: profile collections, creators that a partner gathers.
//!
//! Owns `profile_collection`, `profile_collection_item`, `profile_collection_item_cc_data` and reads
//! `winkl_collection_migration_info`; summaries also read `campaign_profiles`. Accounts are
//! discovery's: it finds, imports and shows them.

mod api;
mod dao;
mod dto;
mod entity;
mod listener;
mod manager;
mod service;

pub use dto::{CollectionIn, HandleIn, ItemIn, ItemOut, ValueIn};
pub use entity::collection::Model as ProfileCollection;
pub use entity::item::Model as ProfileItem;
pub use service::{
    ItemPage, MeasuredCollection, ProfileCollectionEditor, ProfileCollectionService,
};

use std::sync::Arc;

use crate::core::files::Files;
use crate::core::job_batch::JobTracker;
use crate::core::module::Module;

/// The module.
pub fn module(
    editor: &Arc<ProfileCollectionEditor>,
    services: (&Arc<Files>, &Arc<JobTracker>),
) -> Module {
    Module::new("profile-collection")
        .routes(api::routes(editor))
        .listens(listener::subscriptions(editor, services))
        .with_optional_slash()
}
