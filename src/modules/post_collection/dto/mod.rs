//! What clients send and get, and what other modules hand in.

mod collection;
mod item;

pub use collection::{
    CollectionFields, PostCollectionIn, PostCollectionOut, PostCollectionsOut, SentimentReportIn,
};
pub use item::{
    ItemFields, NewPost, PostChangeIn, PostItemIn, PostItemOut, PostItemsOut, RemovedPostIn,
};
