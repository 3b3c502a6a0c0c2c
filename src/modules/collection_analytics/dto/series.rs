//! Series of collections, and the sentiment of their comments.

use serde::Serialize;
use utoipa::ToSchema;

use super::is_zero;
use crate::core::envelope::envelope;

/// A step of a series; zeros are left out. Days and weeks, which begin on Sunday, are those of the business
/// time zone.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionPointOut {
    /// First day, `YYYY-MM-DD`.
    pub start_of_week: String,
    /// The same day; absent in a summary.
    pub date: Option<String>,
    /// Distinct short codes.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_posts: i64,
    /// Views; in a series never less than before.
    #[serde(skip_serializing_if = "is_zero")]
    pub views: i64,
    /// Likes.
    #[serde(skip_serializing_if = "is_zero")]
    pub likes: i64,
    /// Comments.
    #[serde(skip_serializing_if = "is_zero")]
    pub comments: i64,
    /// Accounts reached; in a series never less than before.
    #[serde(skip_serializing_if = "is_zero")]
    pub reach: i64,
    /// Impressions.
    #[serde(skip_serializing_if = "is_zero")]
    pub impressions: i64,
    /// Likes and comments; in a series never less than before.
    #[serde(skip_serializing_if = "is_zero")]
    pub total_engagement: i64,
    /// Clicks on links.
    #[serde(skip_serializing_if = "is_zero")]
    pub clicks: i64,
}

/// A series.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionSeriesData {
    /// In order; before the first step with numbers comes one of zeros.
    pub time_series: Vec<CollectionPointOut>,
}

/// Part of the comments that have a sentiment.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CollectionSentimentOut {
    /// `negative`, `neutral` or `positive`.
    #[serde(rename = "type")]
    pub kind: String,
    /// In percent.
    pub post_percentage: f64,
}

/// Sentiments of comments.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct CollectionSentimentsData {
    /// By their name.
    pub sentiments: Vec<CollectionSentimentOut>,
}

envelope! {
    /// Answer with a series.
    pub CollectionSeriesOut {
        /// Null on errors.
        data: CollectionSeriesData
    }
    fails with ERROR, null
}

envelope! {
    /// Answer with sentiments.
    pub CollectionSentimentsOut {
        /// Null on errors.
        data: CollectionSentimentsData
    }
    fails with ERROR, null
}
