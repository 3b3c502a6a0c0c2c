//! A report as clients get it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;

/// Whether a collection has a report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum ReportStatus {
    Pending,
    Complete,
}

/// What was posted about the keywords.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportOut {
    pub total_posts: i64,
    pub total_reach: i64,
    pub total_likes: i64,
    pub total_comments: i64,
    /// As the reach.
    pub total_views: i64,
    /// Likes and comments.
    pub engagement: i64,
    /// Engagement per 1,000 of reach.
    pub emp: i64,
    /// Engagement by reach, a fraction.
    pub engagement_rate: f64,
    /// At most 50 words with their scores.
    pub top_keywords: BTreeMap<String, f64>,
    /// Percent of the posts that have a category.
    pub top_categories: BTreeMap<String, f64>,
    /// Percent of the posts that have a language.
    pub top_languages: BTreeMap<String, f64>,
    /// At most 12, the greatest reach first.
    pub top_profiles: Vec<ReportProfileOut>,
    /// At most 12, the greatest reach first.
    pub top_posts: Vec<ReportPostOut>,
    /// Percent within each month, by its first day.
    pub top_languages_monthly: BTreeMap<String, BTreeMap<String, f64>>,
    /// Reach by the first day of a month, or of a week where the collection covers at most 60 days.
    pub monthly_views: BTreeMap<String, i64>,
    /// Posts by the same days.
    pub monthly_uploads: BTreeMap<String, i64>,
    /// Percent by gender and age.
    pub audience_age_gender: BTreeMap<String, BTreeMap<String, f64>>,
    pub audience_gender: AudienceGenderOut,
}

/// Percent of an audience; null where unknown.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, ToSchema)]
pub struct AudienceGenderOut {
    pub male: Option<f64>,
    pub female: Option<f64>,
}

/// The account of a post or profile.
#[serde_with::skip_serializing_none]
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct PostAccountOut {
    /// 0: the account of a report need not be one of ours.
    pub code: i64,
    /// Null in posts; empty where the account is none of ours.
    #[serialize_always]
    pub profile_code: Option<String>,
    /// Always null.
    #[serialize_always]
    pub gcc_profile_code: Option<String>,
    pub name: String,
    pub platform: String,
    /// Instagram handle or YouTube channel id.
    pub handle: String,
    /// Instagram handle or name of the channel's address.
    pub username: String,
    pub thumbnail: String,
    /// Percent; profiles only, and where it is not 0.
    pub engagement_rate: Option<f64>,
    pub followers: i64,
    /// 0; profiles only.
    pub following: Option<i64>,
    pub profile_link: String,
    pub category: String,
}

/// A post of a report.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportPostOut {
    pub account_info: PostAccountOut,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub post_link: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub title: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub platform: String,
    #[serde(skip_serializing_if = "String::is_empty")]
    pub thumbnail: String,
    /// Reach.
    pub views: i64,
    /// Seconds since 1970.
    pub published_at: i64,
    /// 0 on YouTube.
    pub plays: i64,
    pub likes: i64,
    pub post_type: String,
    pub comments: i64,
    /// Likes and comments.
    pub engagement: i64,
    /// Engagement by followers, a fraction.
    pub engagement_rate: f64,
}

/// An account of a report with the sums of its posts.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct ReportProfileOut {
    pub account_info: PostAccountOut,
    pub views: i64,
    /// As the views.
    pub plays: i64,
    pub likes: i64,
    pub comments: i64,
    /// Likes and comments.
    pub engagement: i64,
    /// Posts.
    pub uploads: i64,
}

envelope! {
    /// Answer with posts of a report.
    pub ReportPostsOut {
        /// At most 12; null on errors.
        posts: Vec<ReportPostOut>
    }
    fails with ERROR, null
}

envelope! {
    /// Answer with profiles of a report.
    pub ReportProfilesOut {
        /// At most 12; null on errors.
        profiles: Vec<ReportProfileOut>
    }
    fails with ERROR, null
}
