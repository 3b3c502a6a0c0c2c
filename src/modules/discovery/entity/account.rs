//! An account of either platform, and what was read along with it.

use super::{CampaignProfileRow, GroupMetricsRow, instagram_account, youtube_account};
use crate::core::types::Platform;

/// An account row of either platform.
#[derive(Debug, Clone)]
pub enum AccountRow {
    Instagram(Box<instagram_account::Row>),
    Youtube(Box<youtube_account::Row>),
}

impl AccountRow {
    pub fn id(&self) -> i64 {
        match self {
            Self::Instagram(row) => row.id,
            Self::Youtube(row) => row.id,
        }
    }

    /// The platform's own id: Instagram id or channel id.
    pub fn platform_id(&self) -> &str {
        match self {
            Self::Instagram(row) => &row.ig_id,
            Self::Youtube(row) => &row.channel_id,
        }
    }

    pub fn platform(&self) -> Platform {
        match self {
            Self::Instagram(_) => Platform::Instagram,
            Self::Youtube(_) => Platform::Youtube,
        }
    }

    pub fn followers(&self) -> Option<i64> {
        match self {
            Self::Instagram(row) => row.followers,
            Self::Youtube(row) => row.followers,
        }
    }

    pub fn categories(&self) -> &[String] {
        let categories = match self {
            Self::Instagram(row) => &row.categories,
            Self::Youtube(row) => &row.categories,
        };
        categories.as_deref().unwrap_or_default()
    }

    pub fn search_phrase(&self) -> Option<&str> {
        match self {
            Self::Instagram(row) => row.search_phrase.as_deref(),
            Self::Youtube(row) => row.search_phrase.as_deref(),
        }
    }

    /// Whether both profile codes are there.
    pub fn has_profile_codes(&self) -> bool {
        let (own, gcc) = match self {
            Self::Instagram(row) => (&row.profile_id, &row.gcc_profile_id),
            Self::Youtube(row) => (&row.profile_id, &row.gcc_profile_id),
        };
        [own, gcc].iter().all(|code| code.as_ref().is_some_and(|code| !code.is_empty()))
    }
}

/// An account with what was asked along with it.
#[derive(Debug, Clone)]
pub struct Found {
    pub account: AccountRow,
    /// Linked account of the other platform; only some of its members are filled.
    pub linked: Option<AccountRow>,
    pub campaign: Option<CampaignProfileRow>,
    pub group: Option<GroupMetricsRow>,
}
