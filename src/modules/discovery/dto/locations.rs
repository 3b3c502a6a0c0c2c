//! Locations of accounts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::respond::{Envelope, FAILURE_500, Status};

/// A city, state or country.
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct LocationOut {
    /// Name of a city or state, code of a country.
    pub name: String,
    /// `Agra, India`; name of a country.
    pub full_name: String,
    /// `city`, `state` or `country`.
    #[serde(rename = "type")]
    pub kind: String,
}

/// Answer with locations.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationsOut {
    /// Outcome.
    pub status: Status,
    /// A page of locations; none on errors.
    pub locations: Vec<LocationOut>,
}

impl Envelope for LocationsOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, locations: Vec::new() }
    }
}

/// Answer with names of locations.
#[derive(Debug, Serialize, ToSchema)]
pub struct LocationNamesOut {
    /// Outcome.
    pub status: Status,
    /// Names; none on errors.
    pub locations: Vec<String>,
}

impl Envelope for LocationNamesOut {
    const FAILURE: &'static str = FAILURE_500;

    fn failed(status: Status) -> Self {
        Self { status, locations: Vec::new() }
    }
}
