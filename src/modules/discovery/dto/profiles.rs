//! The answer of every route that delivers profiles.

use serde::Serialize;
use utoipa::ToSchema;

use super::ProfileOut;
use crate::core::respond::{Envelope, FAILURE_500, Status};

/// Profiles.
#[derive(Debug, Serialize, ToSchema)]
pub struct ProfilesOut {
    /// Outcome.
    pub status: Status,
    /// Empty when nothing was found, and on errors.
    pub profiles: Vec<ProfileOut>,
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

impl Envelope for ProfilesOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, profiles: Vec::new() }
    }
}
