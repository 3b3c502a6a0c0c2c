//! Rules of profile collections, all of them pure.

pub mod collection;
pub mod columns;
pub mod file;
pub mod item;
pub mod legacy;
pub mod row;
pub mod search;

use crate::core::error::{Code, Error};
use crate::core::rows::fits;
use crate::modules::usage::Quota;

/// A plain list.
pub const SAAS: &str = "SAAS";
/// A tracker: its accounts are measured, and it counts against the contract.
pub const TRACKER: &str = "SAAS-AT";
/// Where collections come from; a collection of another source belongs to a campaign.
pub const SOURCES: [&str; 4] = [SAAS, TRACKER, "GCC_CAMPAIGN", "CAMPAIGN"];

/// Trackers of a partner with the plan `FREE`.
pub const TRACKERS: Quota = Quota {
    name: "profile trackers",
    free: 5,
    refusal: "you are not allowed to create more than 5 profile trackers. Please upgrade your account",
};
/// Profiles of a tracker with the plan `FREE`.
pub const PROFILES: Quota = Quota {
    name: "profiles of a tracker",
    free: 5,
    refusal: "you are not allowed to add more than 5 profiles in one tracker. Please upgrade your account",
};

/// The same for what comes from a file.
pub const PROFILES_OF_FILE: Quota = Quota {
    refusal: "You are not allowed to add more than 5 profiles in one collection. Please upgrade your account.",
    ..PROFILES
};

/// How a collection is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum View {
    /// By its owner or the platform.
    Own,
    /// By somebody else, since it is featured.
    Featured,
    /// By its share id.
    Shared,
}

impl View {
    /// Whether hidden items and columns are left out.
    pub fn hides(self) -> bool {
        self != Self::Own
    }

    /// Whether it says who made things.
    pub fn names_authors(self) -> bool {
        self != Self::Shared
    }
}

/// The caller may read the collection, but not change it.
pub fn not_the_owner() -> Error {
    Error::refused(Code::Unauthorized, "you are not authorized to delete this collection")
}

/// The caller may not read the collection.
pub fn no_access() -> Error {
    Error::refused(Code::Unauthorized, "you are not authorized to access this collection")
}

/// The owner closed the collection to others.
pub fn not_shared() -> Error {
    Error::refused(Code::Unauthorized, "this collection can not be shared with anyone")
}

/// Every text is as long as its column, or what it means, allows.
fn check_lengths(texts: &[(Option<&String>, usize)]) -> Result<(), Error> {
    let is_good = |(text, limit): &(Option<&String>, usize)| text.is_none_or(|t| fits(t, *limit));
    if texts.iter().all(is_good) { Ok(()) } else { Err(Error::invalid_request()) }
}
