//! The audience of an account as its creator sees it.

use std::collections::BTreeMap;

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::types::Platform;
use crate::modules::discovery::AgeGenderSplitOut;

envelope! {
    /// Audience of an account.
    pub AudienceInsightsOut {
        /// Null on errors.
        profile: InsightsOut
    }
    fails with FAILURE_500, null
}

/// An account with its audience.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct InsightsOut {
    /// Campaign profile.
    pub id: i64,
    /// Platform of the account.
    pub platform: Platform,
    /// Account.
    pub platform_account_id: i64,
    /// Handle of the account.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub handle: Option<String>,
    /// When the account was last changed, in unix seconds.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub updated_at: Option<String>,
    /// Who follows it.
    pub audience_data: AudienceInsightsDataOut,
}

/// Who follows an account. Shares are percentages, 0 to 100; empty where nothing is known.
#[derive(Debug, Default, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AudienceInsightsDataOut {
    /// The five largest cities, and `others`.
    pub city_wise_audience_location: BTreeMap<String, f64>,
    /// `male_per` and `female_per`.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    pub audience_gender_split: BTreeMap<&'static str, f64>,
    /// By age bucket.
    pub audience_age_gender_split: AgeGenderSplitOut,
}
