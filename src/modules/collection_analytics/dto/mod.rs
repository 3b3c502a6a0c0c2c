//! What clients send and get.

mod filters;
mod profile_and_post;
mod series;
mod summary;
mod words;

pub use filters::AnalyticsFields;
pub use profile_and_post::{
    CollectionPostsOut, CollectionProfileMetrics, CollectionProfilesOut, PostMetrics,
};
pub use series::{
    CollectionPointOut, CollectionSentimentOut, CollectionSentimentsData, CollectionSentimentsOut,
    CollectionSeriesData, CollectionSeriesOut,
};
pub use summary::{
    CollectionCostsOut, CollectionCountersOut, CollectionMetadataOut, CollectionPostTypesOut,
    CollectionSummaryData, CollectionSummaryOut,
};
pub use words::{
    CollectionHashtagOut, CollectionHashtagsOut, CollectionKeywordOut, CollectionKeywordsOut,
};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}
