//! Locations of accounts.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::envelope::envelope;
use crate::core::query::{Field, Kind};
use crate::core::route::ListFields;

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

envelope! {
    /// Answer with locations.
    pub LocationsOut {
        /// A page of locations; none on errors.
        locations: Vec<LocationOut>
    }
    fails with FAILURE_500, empty
}

envelope! {
    /// Answer with names of locations.
    pub LocationNamesOut {
        /// Names; none on errors.
        locations: Vec<String>
    }
    fails with FAILURE_500, empty
}

/// Fields of the list of locations.
pub struct LocationFields;

impl ListFields for LocationFields {
    const FIELDS: &'static [Field] = &[
        Field::new("id", Kind::Integer),
        Field::new("name", Kind::Text),
        Field::new("full_name", Kind::Text),
        Field::new("type", Kind::Text),
    ];
}
