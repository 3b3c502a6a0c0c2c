//! Order of a list.

use super::{Field, Kind, find_field};
use crate::core::error::Error;

/// Direction of an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Direction {
    /// Smallest first.
    Ascending,
    /// Largest first; rows without a value last.
    #[default]
    Descending,
}

impl Direction {
    /// `asc` or `desc` in any case; absent means descending.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: Option<&str>) -> Result<Self, Error> {
        match text {
            None | Some("") => Ok(Self::default()),
            Some(text) if text.eq_ignore_ascii_case("ASC") => Ok(Self::Ascending),
            Some(text) if text.eq_ignore_ascii_case("DESC") => Ok(Self::Descending),
            Some(_) => Err(Error::invalid_sort("sortDir")),
        }
    }
}

/// First key of an order; the row's id ascending always follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sort {
    /// Column, text of ours.
    pub column: &'static str,
    /// Type of the column.
    pub kind: Kind,
    /// Direction of the column.
    pub direction: Direction,
}

impl Sort {
    /// The sort that a client asks for, out of a module's allow-list.
    ///
    /// # Errors
    /// A field that is not listed as sortable, or another direction than `asc`/`desc`.
    pub fn resolve(
        fields: &[Field],
        sort_by: &str,
        direction: Option<&str>,
    ) -> Result<Self, Error> {
        let direction = Direction::parse(direction)?;
        match find_field(fields, sort_by) {
            Some((Field { column, kind, sortable: true, .. }, _)) => {
                Ok(Self { column, kind: *kind, direction })
            }
            _ => Err(Error::invalid_sort("sortBy")),
        }
    }
}
