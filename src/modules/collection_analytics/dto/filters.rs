//! Which collections and which of their posts a request is about.

use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// Filters of the analytics.
pub struct AnalyticsFields;

impl ListFields for AnalyticsFields {
    const FIELDS: &'static [Field] = &[
        Field::filter_only("collectionType", Kind::Text),
        Field::filter_only("collectionId", Kind::Text),
        Field::filter_only("shareId", Kind::Text),
        Field::filter_only("collectionGroupShareId", Kind::Text),
        Field::filter_only("collectionGroupId", Kind::Text),
        Field::filter_only("postType", Kind::Text),
        Field::filter_only("publishedAt", Kind::Date),
        Field::filter_only("hashtags", Kind::TextArray),
        Field::filter_only("bookmarked", Kind::Bool),
        Field::filter_only("handle", Kind::Text),
        Field::filter_only("shortcode", Kind::Text),
        Field::filter_only("rollup", Kind::Text),
    ];
}
