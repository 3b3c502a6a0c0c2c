//! Locations to answers.

use crate::core::query::Filters;
use crate::core::types::country_name;
use crate::modules::discovery::dto::LocationOut;
use crate::modules::discovery::entity::locations::{Model, Place};

/// Country of every city and state.
const HOME_COUNTRY: &str = "India";

/// The answer to a row of the list.
pub fn location(row: Model) -> LocationOut {
    LocationOut { name: row.name, full_name: row.full_name, kind: row.kind }
}

/// The answer to a location of the master view.
pub fn suggestion(place: Place) -> LocationOut {
    let Place { kind, name } = place;
    let full_name = match kind.as_str() {
        "country" => country_name(&name).to_owned(),
        _ => format!("{name}, {HOME_COUNTRY}"),
    };
    LocationOut { name, full_name, kind }
}

/// Text to look for among the suggestions: the value of the last filter, whatever its field.
pub fn suggestion_text(filters: &Filters) -> &str {
    filters.0.last().map(|filter| filter.value.as_str()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::Filter;

    fn full_name(kind: &str, name: &str) -> String {
        suggestion(Place { kind: kind.to_owned(), name: name.to_owned() }).full_name
    }

    #[test]
    fn full_names() {
        assert_eq!(full_name("city", "Agra"), "Agra, India");
        assert_eq!(full_name("state", "Goa"), "Goa, India");
        assert_eq!(full_name("country", "IN"), "India");
        assert_eq!(full_name("country", "US"), "United States");
        assert_eq!(full_name("country", "XX"), "XX");
    }

    #[test]
    fn last_filter_is_the_text() {
        assert_eq!(suggestion_text(&Filters::default()), "");
        let filters = [Filter::new("EQ", "a", "x"), Filter::new("", "b", "y")];
        assert_eq!(suggestion_text(&Filters(filters.into())), "y");
    }
}
