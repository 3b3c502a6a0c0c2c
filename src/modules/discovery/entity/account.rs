//! An account of either platform, and what was read along with it.

use super::{GroupMetricsRow, instagram_account, youtube_account};
use crate::core::types::Platform;
use crate::modules::campaign::{CampaignProfileRow, OfAccount};

/// An account row of either platform.
#[derive(Debug, Clone)]
pub enum AccountRow {
    /// On Instagram.
    Instagram(Box<instagram_account::Row>),
    /// On YouTube.
    Youtube(Box<youtube_account::Row>),
}

impl AccountRow {
    /// Id of the row.
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

    /// Where it is.
    pub fn platform(&self) -> Platform {
        match self {
            Self::Instagram(_) => Platform::Instagram,
            Self::Youtube(_) => Platform::Youtube,
        }
    }

    /// How many follow it.
    pub fn followers(&self) -> Option<i64> {
        match self {
            Self::Instagram(row) => row.followers,
            Self::Youtube(row) => row.followers,
        }
    }

    /// What it is about.
    pub fn categories(&self) -> &[String] {
        let categories = match self {
            Self::Instagram(row) => &row.categories,
            Self::Youtube(row) => &row.categories,
        };
        categories.as_deref().unwrap_or_default()
    }

    /// Text by which searches find it.
    pub fn search_phrase(&self) -> Option<&str> {
        match self {
            Self::Instagram(row) => row.search_phrase.as_deref(),
            Self::Youtube(row) => row.search_phrase.as_deref(),
        }
    }

    /// Handle on Instagram, on YouTube the channel's id.
    pub fn handle(&self) -> &str {
        match self {
            Self::Instagram(row) => &row.handle,
            Self::Youtube(row) => &row.channel_id,
        }
    }

    /// Profile code that links which the creator confirmed name.
    pub fn gcc_profile_id(&self) -> Option<&str> {
        match self {
            Self::Instagram(row) => row.gcc_profile_id.as_deref(),
            Self::Youtube(row) => row.gcc_profile_id.as_deref(),
        }
    }

    /// Channel id or handle of the account that the creator confirmed as theirs, too.
    pub fn gcc_linked(&self) -> Option<&str> {
        let linked = match self {
            Self::Instagram(row) => &row.gcc_linked_channel_id,
            Self::Youtube(row) => &row.gcc_linked_instagram_handle,
        };
        linked.as_deref().filter(|key| !key.is_empty())
    }

    /// When it was last changed, in unix seconds.
    pub fn updated_at(&self) -> Option<i64> {
        let at = match self {
            Self::Instagram(row) => row.updated_at,
            Self::Youtube(row) => row.updated_at,
        };
        at.map(|at| at.timestamp())
    }

    /// Growth of its audience in 7 and in 30 days; Instagram only.
    pub fn growth(&self) -> (Option<f64>, Option<String>) {
        match self {
            Self::Instagram(row) => (row.followers_growth7d, row.followers_growth30d.clone()),
            Self::Youtube(_) => (None, None),
        }
    }

    /// What the columns of its campaign profile follow from.
    pub fn of_account(&self) -> OfAccount<'_> {
        let (email, phone, gender, location, languages) = match self {
            Self::Instagram(row) => {
                (&row.email, &row.phone, &row.gender, &row.location_list, &row.languages)
            }
            Self::Youtube(row) => {
                (&row.email, &row.phone, &row.gender, &row.location_list, &row.languages)
            }
        };
        OfAccount {
            email: email.as_deref(),
            phone: phone.as_deref(),
            gender: gender.as_deref(),
            location: location.as_deref().unwrap_or_default(),
            languages: languages.as_deref().unwrap_or_default(),
        }
    }

    /// Fills the profile codes where they are missing, as statements do.
    pub fn fill_profile_codes(&mut self) {
        let code = self.platform().profile_code(self.id());
        let (own, gcc) = match self {
            Self::Instagram(row) => (&mut row.profile_id, &mut row.gcc_profile_id),
            Self::Youtube(row) => (&mut row.profile_id, &mut row.gcc_profile_id),
        };
        for stored in [own, gcc] {
            if stored.as_ref().is_none_or(String::is_empty) {
                *stored = Some(code.clone());
            }
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
