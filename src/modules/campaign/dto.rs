//! What staff and the creator entered about an account: as it comes in, and as answers show it.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use serde::{Deserialize, Serialize};
use serde_json::Value;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use crate::core::json::objects;

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

/// What to change in what staff entered. An absent member stays, an empty text or list removes it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct AdminDetailsIn {
    pub name: Option<String>,
    pub email: Option<String>,
    pub phone: Option<String>,
    pub secondary_phone: Option<String>,
    pub gender: Option<String>,
    /// Codes such as `hi`.
    pub languages: Option<Vec<String>>,
    /// Stored with a capital in front of each word, like the two below.
    pub city: Option<String>,
    pub state: Option<String>,
    pub country: Option<String>,
    /// `YYYY-MM-DD`.
    pub dob: Option<String>,
    pub bio: Option<String>,
    pub campaign_category_ids: Option<Vec<i64>>,
    /// Tags are `BEAUTY`, `GOOD_PARENTING` and `GOOD_LIFE`.
    #[serde(default, deserialize_with = "objects")]
    pub creator_programs: Option<Vec<LevelIn>>,
    /// Tags are `CONTENT`, `ORDERS` and `VIEWS`.
    #[serde(default, deserialize_with = "objects")]
    pub creator_cohorts: Option<Vec<LevelIn>>,
    /// False removes the two below.
    pub is_blacklisted: Option<bool>,
    pub blacklisted_by: Option<String>,
    pub blacklisted_reason: Option<String>,
    pub country_code: Option<String>,
    pub whatsapp_opt_in: Option<bool>,
}

/// What to change in what the creator entered. An absent member stays, an empty text or list removes it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct UserDetailsIn {
    pub email: Option<String>,
    pub phone: Option<String>,
    pub secondary_phone: Option<String>,
    pub name: Option<String>,
    /// `YYYY-MM-DD`.
    pub dob: Option<String>,
    pub gender: Option<String>,
    pub campaign_category_ids: Option<Vec<i64>>,
    /// Codes such as `hi`.
    pub languages: Option<Vec<String>>,
    /// Stored with a capital in front of each word.
    pub location: Option<Vec<String>>,
    pub notification_token: Option<String>,
    pub bio: Option<String>,
    pub member_id: Option<String>,
    pub reference_code: Option<String>,
    pub webengage_user_id: Option<String>,
    pub whatsapp_opt_in: Option<bool>,
    pub ekyc_pending: Option<bool>,
    pub instant_gratification_invited: Option<bool>,
    pub amazon_store_link_verified: Option<bool>,
}

/// Level of a creator in a program or cohort.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
pub struct LevelIn {
    pub level: Option<String>,
    /// Name of the program or cohort.
    pub tag: Option<String>,
}

/// What to change in a campaign profile.
#[derive(Debug, Clone, Default)]
pub struct ChangesIn {
    pub admin: Option<AdminDetailsIn>,
    pub user: Option<UserDetailsIn>,
    pub on_gcc: Option<bool>,
    pub on_gcc_app: Option<bool>,
    /// Account of the creator in the creator application.
    pub account_id: Option<i64>,
    /// Whether a profile that leaves the creator application also forgets the account there.
    pub leaves: bool,
    /// Who changes it.
    pub updated_by: String,
}

/// A campaign profile as an account comes with it.
#[derive(Debug, Clone, Default, Serialize)]
pub struct NewProfile {
    pub account_id: i64,
    pub updated_by: String,
    pub has_email: bool,
    pub has_phone: bool,
    pub gender: Option<String>,
    /// Plain place names of the account.
    pub location: Vec<String>,
    pub languages: Option<Vec<String>>,
}

/// What staff entered, and what the creator entered, as stored.
#[derive(Debug, Clone, Default)]
pub struct StoredDetails {
    pub admin: Option<Value>,
    pub user: Option<Value>,
}

/// What of an account the columns of its campaign profile follow from; nothing in the creator application,
/// which has none.
#[derive(Debug, Clone, Copy, Default)]
pub struct OfAccount<'a> {
    pub email: Option<&'a str>,
    pub phone: Option<&'a str>,
    pub gender: Option<&'a str>,
    pub location: &'a [String],
    pub languages: &'a [String],
}
