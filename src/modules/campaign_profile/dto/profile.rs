//! Campaign profiles.

use serde::Deserialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::json::{object, objects};
use crate::modules::campaign::{AdminDetailsIn, UserDetailsIn};
use crate::modules::discovery::CampaignProfileOut;

envelope! {
    /// Campaign profiles.
    pub CampaignProfilesOut {
        /// Null on errors.
        profiles: Vec<CampaignProfileOut>
    }
    fails with FAILURE_500, null
}

/// What to change. Details that are absent stay.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct CampaignProfileIn {
    #[serde(default, deserialize_with = "object")]
    pub admin_details: Option<AdminDetailsIn>,
    #[serde(default, deserialize_with = "object")]
    pub user_details: Option<UserDetailsIn>,
    pub on_gcc: Option<bool>,
    /// True implies `onGcc`.
    pub on_gcc_app: Option<bool>,
    /// Account of the creator in the creator application.
    pub account_id: Option<i64>,
    /// All accounts of the creator: what is not named is unlinked.
    #[serde(default, deserialize_with = "objects")]
    pub socials: Option<Vec<SocialIn>>,
}

/// An account of a creator.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SocialIn {
    /// `INSTAGRAM`, `YOUTUBE` or `GCC`.
    pub platform: Option<String>,
    /// Instagram handle or YouTube channel id.
    pub handle: Option<String>,
    /// Campaign profile whose account it is, in place of the two.
    pub id: Option<i64>,
}
