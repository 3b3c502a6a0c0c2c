//! Social platforms.

use std::fmt;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// A platform that accounts live on.
#[derive(
    Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, ToSchema,
)]
#[serde(rename_all = "UPPERCASE")]
pub enum Platform {
    /// Instagram.
    Instagram,
    /// YouTube.
    Youtube,
}

impl Platform {
    /// Name in paths, rows and answers.
    pub fn name(self) -> &'static str {
        match self {
            Self::Instagram => "INSTAGRAM",
            Self::Youtube => "YOUTUBE",
        }
    }

    /// Prefix of profile codes (`IA_42`), also the value of `leaderboard.profile_platform`.
    pub fn code(self) -> &'static str {
        match self {
            Self::Instagram => "IA",
            Self::Youtube => "YA",
        }
    }

    /// The platform of that name in any case.
    pub fn parse(text: &str) -> Option<Self> {
        [Self::Instagram, Self::Youtube]
            .into_iter()
            .find(|platform| platform.name().eq_ignore_ascii_case(text))
    }

    /// The platform of a profile-code prefix (`IA`, `YA`).
    pub fn from_code(code: &str) -> Option<Self> {
        [Self::Instagram, Self::Youtube].into_iter().find(|platform| platform.code() == code)
    }

    /// The platform that accounts of this one are linked to.
    pub fn other(self) -> Self {
        match self {
            Self::Instagram => Self::Youtube,
            Self::Youtube => Self::Instagram,
        }
    }

    /// Profile code of an account row.
    pub fn profile_code(self, account_id: i64) -> String {
        format!("{}_{account_id}", self.code())
    }

    /// Key under which a partner unlocks the account's pages.
    pub fn unlock_key(self, account_id: i64) -> String {
        format!("profile-{self}-{account_id}")
    }
}

impl fmt::Display for Platform {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A platform, or all of them together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ProfilePlatform {
    /// One platform.
    One(Platform),
    /// Both platforms, linked accounts counted as one.
    All,
}

impl ProfilePlatform {
    /// Name in paths and rows.
    pub fn name(self) -> &'static str {
        match self {
            Self::One(platform) => platform.name(),
            Self::All => "ALL",
        }
    }

    /// `INSTAGRAM`, `YOUTUBE` or `ALL` in any case.
    pub fn parse(text: &str) -> Option<Self> {
        if text.eq_ignore_ascii_case("ALL") {
            return Some(Self::All);
        }
        Platform::parse(text).map(Self::One)
    }
}
