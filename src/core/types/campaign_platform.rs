//! Platforms of campaign profiles.

use serde::Serialize;
use utoipa::ToSchema;

use super::Platform;

/// Where a campaign profile, and so an item of a collection, comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "UPPERCASE")]
pub enum CampaignPlatform {
    /// An Instagram account.
    Instagram,
    /// A YouTube channel.
    Youtube,
    /// An account of the creator application, which has no account on a platform.
    Gcc,
}

impl CampaignPlatform {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Instagram, Self::Youtube, Self::Gcc];

    /// Name in rows and answers.
    pub fn name(self) -> &'static str {
        self.social().map_or("GCC", Platform::name)
    }

    /// The one of that name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|platform| platform.name().eq_ignore_ascii_case(text))
    }

    /// The platform that its account lives on; `None` for the creator application.
    pub fn social(self) -> Option<Platform> {
        match self {
            Self::Instagram => Some(Platform::Instagram),
            Self::Youtube => Some(Platform::Youtube),
            Self::Gcc => None,
        }
    }
}

impl From<Platform> for CampaignPlatform {
    fn from(platform: Platform) -> Self {
        match platform {
            Platform::Instagram => Self::Instagram,
            Platform::Youtube => Self::Youtube,
        }
    }
}
