//! What clients send and get.

mod filters;
mod profile_and_post;
mod series;
mod summary;
mod words;

pub use filters::AnalyticsFields;
pub use profile_and_post::{CollectionProfileMetrics, PostMetrics, PostsOut, ProfilesOut};
pub use series::{PointOut, SentimentOut, SentimentsData, SentimentsOut, SeriesData, SeriesOut};
pub use summary::{CostsOut, CountersOut, MetadataOut, PostTypesOut, SummaryData, SummaryOut};
pub use words::{HashtagOut, HashtagsOut, KeywordOut, KeywordsOut};

#[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
fn is_zero(value: &i64) -> bool {
    *value == 0
}
