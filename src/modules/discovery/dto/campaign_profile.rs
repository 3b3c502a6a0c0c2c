//! What staff and the creator entered about an account.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::SocialAccountOut;

/// A creator's campaign profile.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CampaignProfileOut {
    pub id: i64,
    /// `INSTAGRAM`, `YOUTUBE` or `GCC`.
    pub platform: String,
    pub platform_account_id: i64,
    pub on_gcc: bool,
    pub on_gcc_app: bool,
    /// Account of the creator in the creator application; null where there is none.
    #[serialize_always]
    pub account_id: Option<i64>,
    pub has_email: bool,
    pub has_phone: bool,
    pub handle: Option<String>,
    /// Always an object.
    pub user_details: UserDetailsOut,
    /// Always an object.
    pub admin_details: AdminDetailsOut,
    pub updated_by: Option<String>,
    /// The account itself.
    pub social_details: Option<SocialAccountOut>,
}

/// What staff entered.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminDetailsOut {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub secondary_phone: Option<String>,
    pub gender: Option<String>,
    pub languages: Option<Vec<String>>,
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    pub dob: Option<String>,
    pub bio: Option<String>,
    pub campaign_category_ids: Option<Vec<i64>>,
    pub creator_programs: Option<Vec<LevelOut>>,
    pub creator_cohorts: Option<Vec<LevelOut>>,
    pub is_blacklisted: Option<bool>,
    pub blacklisted_by: Option<String>,
    pub blacklisted_reason: Option<String>,
    pub location: Option<Vec<String>>,
    pub country_code: Option<String>,
    /// Null where nothing is stored.
    #[serialize_always]
    pub whatsapp_opt_in: Option<bool>,
}

/// What the creator entered.
#[skip_serializing_none]
#[derive(Debug, Clone, Default, PartialEq, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDetailsOut {
    pub email: Option<String>,
    pub phone: Option<String>,
    pub secondary_phone: Option<String>,
    pub name: Option<String>,
    pub dob: Option<String>,
    pub gender: Option<String>,
    pub campaign_category_ids: Option<Vec<i64>>,
    pub languages: Option<Vec<String>>,
    pub location: Option<Vec<String>>,
    pub notification_token: Option<String>,
    pub bio: Option<String>,
    pub member_id: Option<String>,
    pub reference_code: Option<String>,
    pub webengage_user_id: Option<String>,
    /// Null where nothing is stored, like the three below.
    #[serialize_always]
    pub whatsapp_opt_in: Option<bool>,
    #[serialize_always]
    pub ekyc_pending: Option<bool>,
    #[serialize_always]
    pub instant_gratification_invited: Option<bool>,
    #[serialize_always]
    pub amazon_store_link_verified: Option<bool>,
}

/// Level of a creator in a program or cohort.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
pub struct LevelOut {
    pub level: String,
    /// Name of the program or cohort.
    pub tag: &'static str,
}
