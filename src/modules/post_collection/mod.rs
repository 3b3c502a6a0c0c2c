//! Post collections: posts of one campaign, measured together.
//!
//! Prefix `/post-collection-service`. Owns `post_collection` and `post_collection_item`. Other modules ask
//! which collections a partner has. The batches of `add_item_post_collection_q` add posts from files.

mod api;
mod dao;
mod dto;
mod entity;
mod listener;
mod manager;
mod service;

pub use dto::{PostCollectionIn, PostItemIn};
pub use entity::collection::Model as PostCollection;
pub use entity::item::Model as PostItem;
pub use service::{PostCollectionEditor, PostCollectionService};

use std::sync::Arc;

use crate::core::job_batch::JobTracker;
use crate::core::module::Module;

/// The module.
pub fn module(editor: &Arc<PostCollectionEditor>, tracker: &Arc<JobTracker>) -> Module {
    Module::new("post-collection")
        .routes(api::routes(editor))
        .listens(listener::subscriptions(editor, tracker))
        .with_optional_slash()
}
