//! The answer of every route that delivers profiles.

use super::ProfileOut;
use crate::core::envelope::{Status, envelope};

envelope! {
    /// Profiles.
    pub ProfilesOut {
        /// Empty when nothing was found, and on errors.
        profiles: Vec<ProfileOut>
    }
    fails with FAILURE_500, empty
}

impl ProfilesOut {
    /// One profile.
    pub fn one(profile: ProfileOut) -> Self {
        Self { status: Status::success(RETRIEVED, 1), profiles: vec![profile] }
    }

    /// Text of the status of a page with this many rows.
    pub fn message(rows: usize) -> &'static str {
        if rows == 0 { "record not found" } else { RETRIEVED }
    }
}

const RETRIEVED: &str = "Profiles successfully retrieved";
