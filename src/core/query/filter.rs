//! Filters as a client sends them.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

/// Operator of a filter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum FilterType {
    /// Equal.
    Eq,
    /// Not equal; rows without a value do not match.
    Ne,
    /// Contains, in any case.
    Like,
    /// At least.
    Gte,
    /// At most.
    Lte,
    /// Greater.
    Gt,
    /// Less.
    Lt,
    /// One of a comma list.
    In,
    /// None of a comma list.
    NotIn,
    /// Equal to a truth value.
    Bool,
    /// Array overlaps a comma list (also spelt `ARRAY_IN`).
    Array,
}

impl FilterType {
    /// All of them.
    pub const ALL: [Self; 11] = [
        Self::Eq,
        Self::Ne,
        Self::Like,
        Self::Gte,
        Self::Lte,
        Self::Gt,
        Self::Lt,
        Self::In,
        Self::NotIn,
        Self::Bool,
        Self::Array,
    ];

    /// The operator of that exact name.
    pub fn parse(text: &str) -> Option<Self> {
        Some(match text {
            "EQ" => Self::Eq,
            "NE" => Self::Ne,
            "LIKE" => Self::Like,
            "GTE" => Self::Gte,
            "LTE" => Self::Lte,
            "GT" => Self::Gt,
            "LT" => Self::Lt,
            "IN" => Self::In,
            "NOTIN" => Self::NotIn,
            "BOOL" => Self::Bool,
            "ARRAY" | "ARRAY_IN" => Self::Array,
            _ => return None,
        })
    }
}

/// One condition. `value` is always a text; an empty one means "no condition".
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct Filter {
    /// `EQ NE LIKE GTE LTE GT LT IN NOTIN BOOL ARRAY ARRAY_IN`.
    #[serde(default)]
    pub filter_type: String,
    /// Field of the route's list.
    #[serde(default)]
    pub field: String,
    /// Text, number, date or comma list.
    #[serde(default)]
    pub value: String,
}

impl Filter {
    /// A filter of ours, for conditions that a service adds.
    pub fn new(filter_type: &str, field: impl Into<String>, value: impl Into<String>) -> Self {
        Self { filter_type: filter_type.to_owned(), field: field.into(), value: value.into() }
    }
}

/// Conditions of a list, all of which must hold.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Filters(pub Vec<Filter>);

impl Filters {
    /// First filter over a field, also with an empty value.
    pub fn find(&self, field: &str) -> Option<&Filter> {
        self.0.iter().find(|filter| filter.field == field)
    }

    /// Value of the first filter over a field.
    pub fn value(&self, field: &str) -> Option<&str> {
        self.find(field).map(|filter| filter.value.as_str())
    }

    /// Whether a filter with a value exists over a field.
    pub fn has_value(&self, field: &str) -> bool {
        self.0.iter().any(|filter| filter.field == field && !filter.value.is_empty())
    }

    /// The filters over other fields.
    pub fn without(&self, fields: &[&str]) -> Self {
        Self(self.0.iter().filter(|f| !fields.contains(&f.field.as_str())).cloned().collect())
    }

    /// With one more condition.
    pub fn with(mut self, filter: Filter) -> Self {
        self.0.push(filter);
        self
    }
}
