//! Audience of an account.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use super::SocialAccountOut;
use crate::core::envelope::envelope;
use crate::core::types::Platform;

/// Audience of an account by age and gender.
#[derive(Debug, Default, Serialize, ToSchema)]
pub struct AgeGenderSplitOut {
    /// Percentage of men by age bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub male: Option<BTreeMap<String, Option<f64>>>,
    /// Percentage of women by age bucket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub female: Option<BTreeMap<String, Option<f64>>>,
}

/// Audience of an account. Shares are percentages, 0 to 100, and null where unknown.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AudienceDataOut {
    /// Id of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform_profile_id: Option<i64>,
    /// Platform of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub platform: Option<Platform>,
    /// Percentage by city. Null where unknown, and until the profile is unlocked.
    pub city_wise_audience_location: Option<BTreeMap<String, Option<f64>>>,
    /// Percentage by country code.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub country_wise_audience_location: Option<BTreeMap<String, Option<f64>>>,
    /// `male_per` and `female_per`, percentages.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience_gender_split: Option<BTreeMap<String, Option<f64>>>,
    /// Empty until the profile is unlocked.
    pub audience_age_gender_split: AgeGenderSplitOut,
    /// The age bucket with most of the audience, and its percentages of men and women added up.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub top_age: Option<BTreeMap<String, f64>>,
    /// Percentage by language.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience_language: Option<BTreeMap<String, Option<f64>>>,
    /// Well-known accounts that follow this one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub notable_followers: Option<Vec<SocialAccountOut>>,
    /// Percent; once the profile is unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience_reachability_percentage: Option<f64>,
    /// Percent; once the profile is unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub audience_authenticity_percentage: Option<f64>,
    /// Percent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub comment_rate_percentage: Option<f64>,
    /// Percent; once the profile is unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_audience_percentage: Option<f64>,
    /// Score; once the profile is unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_audience_score: Option<f64>,
    /// `Poor` to `Excellent`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_score_grade: Option<String>,
    /// What the score is made of; once the profile is unlocked.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quality_score_breakup: Option<BTreeMap<String, String>>,
}

envelope! {
    /// Answer with the audience of an account.
    pub AudienceOut {
        /// One element; none on errors.
        #[serde(rename = "audienceData")]
        audience_data: Vec<AudienceDataOut>
    }
    fails with FAILURE_500, empty
}
