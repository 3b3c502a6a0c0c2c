//! What staff and the creator entered about an account, with the account.
#![expect(missing_docs, reason = "members are named by what they hold; exceptions are documented")]

use serde::Serialize;
use serde_with::skip_serializing_none;
use utoipa::ToSchema;

use super::SocialAccountOut;
use crate::modules::campaign::{AdminDetailsOut, UserDetailsOut};

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
