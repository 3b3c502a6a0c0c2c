//! What the influencer application is told, and what asks for it.

use serde::{Deserialize, Serialize};
use serde_with::skip_serializing_none;

/// A profile that the influencer application wants.
#[derive(Debug, Clone, Deserialize)]
pub struct SyncIn {
    /// Campaign profile.
    #[serde(rename = "campaignId")]
    pub campaign_id: i64,
}

/// A profile as the influencer application knows it, contacts unmasked: it never goes into a log.
#[skip_serializing_none]
#[derive(Clone, Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AppProfileOut {
    pub is_blacklisted: Option<bool>,
    pub blacklisted_by: Option<String>,
    pub blacklisted_reason: Option<String>,
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone_number: Option<String>,
    pub secondary_phone: Option<String>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub dob: Option<String>,
    pub gender: Option<String>,
    pub bio_on_app: Option<String>,
    pub user_categories: Option<Vec<i64>>,
    /// Names.
    pub languages: Option<Vec<String>>,
    /// Null where there are none, like cohorts.
    #[serialize_always]
    pub creator_programs: Option<Vec<AppLevelOut>>,
    #[serialize_always]
    pub creator_cohorts: Option<Vec<AppLevelOut>>,
    pub account_id: Option<String>,
    pub on_gcc: bool,
    pub whatsapp_opt_in: Option<bool>,
    pub amazon_store_link_verified: Option<bool>,
    pub instant_gratification_invited: Option<bool>,
    pub notification_token: Option<String>,
    pub member_id: Option<String>,
    pub reference_code: Option<String>,
    pub ekyc_pending: Option<bool>,
    pub webengage_user_id: Option<String>,
}

/// Level of a creator in a program or cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AppLevelOut {
    pub id: Option<i64>,
    pub tag: &'static str,
    /// Left out where the application knows none of that name.
    #[serde(skip_serializing_if = "String::is_empty")]
    pub level: String,
}
