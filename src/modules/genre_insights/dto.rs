//! Entries of the genre overview as clients see them.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

/// Sums over the accounts of one genre. Dimensions may be `ALL`.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GenreEntryOut {
    /// Stable id of the entry.
    pub id: i64,
    /// Category.
    pub category: String,
    /// First day of the month.
    pub month: String,
    /// `INSTAGRAM`, `YOUTUBE` or `ALL`.
    pub platform: String,
    /// Country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country: Option<String>,
    /// Language code.
    pub language: String,
    /// Kind of profile.
    pub profile_type: String,
    /// Accounts.
    pub creators: i64,
    /// Posts.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub uploads: Option<i64>,
    /// Views; plays on Instagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub views: Option<i64>,
    /// Plays on Instagram.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub plays: Option<i64>,
    /// Followers.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub followers: Option<i64>,
    /// Likes.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub likes: Option<i64>,
    /// Comments.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comments: Option<i64>,
    /// Likes and comments.
    pub engagement: Option<i64>,
    /// Engagement rate in percent.
    pub engagement_rate: Option<f64>,
    /// Shares of age buckets by gender, in percent.
    pub audience_age_gender: AgeGenderOut,
    /// Shares of genders, in percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience_gender: Option<BTreeMap<String, f64>>,
}

/// Shares of age buckets by gender, in percent.
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
pub struct AgeGenderOut {
    /// Men by age bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub male: Option<BTreeMap<String, f64>>,
    /// Women by age bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub female: Option<BTreeMap<String, f64>>,
}

/// Entries by platform; a platform without entries is absent.
#[derive(Debug, Clone, Default, Serialize, ToSchema)]
pub struct LanguageSplitOut {
    /// Instagram.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub instagram: Vec<GenreEntryOut>,
    /// YouTube.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub youtube: Vec<GenreEntryOut>,
}

envelope! {
    /// A page of the genre overview.
    pub GenresOut { genre: Vec<GenreEntryOut> }
    fails with FAILURE_500, empty
}

envelope! {
    /// The genre overview by platform.
    pub GenreLanguagesOut { genre: LanguageSplitOut }
    fails with FAILURE_500, empty
}

/// Fields of the genre overview.
pub struct GenreFields;

impl ListFields for GenreFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("category", Kind::Text),
        Field::new("month", Kind::Text),
        Field::new("platform", Kind::Text),
        Field::new("country", Kind::Text),
        Field::new("language", Kind::Text),
        Field::new("profile_type", Kind::Text),
        Field::new("creators", Kind::Integer),
        Field::new("uploads", Kind::Integer),
        Field::new("views", Kind::Integer),
        Field::new("plays", Kind::Integer),
        Field::new("followers", Kind::Integer),
        Field::new("likes", Kind::Integer),
        Field::new("comments", Kind::Integer),
        Field::new("engagement", Kind::Integer),
        Field::new("engagement_rate", Kind::Float),
        Field::filter_only("audience_gender", Kind::JsonNumber).with_depth(1),
        Field::filter_only("audience_age", Kind::JsonNumber).with_depth(1),
        Field::filter_only("audience_age_gender", Kind::JsonNumber).with_depth(2),
    ];
}
