//! Allow-list of a module: which API fields exist and what they are.

use chrono_tz::Tz;

use super::{FilterType, Test};

/// Type of a field, which decides operators and the reading of values.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Integer column; decimals compare numerically.
    Integer,
    /// Floating point column.
    Float,
    /// Text column.
    Text,
    /// Text column of names, and the column in which [`fold`](crate::core::text::fold) stands: a text that
    /// they contain is found whatever form either is written in.
    Name(&'static str),
    /// Text column in which a member of documents stands as it is shown, and for names the column in which
    /// they stand folded. What is above or below a number is compared with it as one.
    Shown(Option<&'static str>),
    /// Date column (`YYYY-MM-DD`).
    Date,
    /// Instant column; values are dates or RFC 3339 instants.
    Timestamp,
    /// Boolean column.
    Bool,
    /// Array-of-text column.
    TextArray,
    /// JSON (or map) column whose values at a path are numbers.
    JsonNumber,
    /// JSON column whose values at a path are texts.
    JsonText,
    /// JSON column whose values at a path are booleans; a missing one counts as false.
    JsonBool,
    /// JSON column whose values at a path are arrays of texts.
    JsonArray,
}

impl Kind {
    /// The column in which names stand folded.
    pub fn folded(self) -> Option<&'static str> {
        match self {
            Self::Name(folded) => Some(folded),
            Self::Shown(folded) => folded,
            _ => None,
        }
    }

    /// Whether a field of this kind is followed by a path of keys.
    pub fn has_path(self) -> bool {
        matches!(self, Self::JsonNumber | Self::JsonText | Self::JsonBool | Self::JsonArray)
    }

    /// Name in the contract.
    pub fn name(self) -> &'static str {
        match self {
            Self::Integer => "integer",
            Self::Float | Self::JsonNumber => "number",
            Self::Text | Self::Name(_) | Self::Shown(_) | Self::JsonText => "text",
            Self::Date => "date",
            Self::Timestamp => "instant",
            Self::Bool | Self::JsonBool => "boolean",
            Self::TextArray | Self::JsonArray => "list of texts",
        }
    }

    /// What fields of this kind can be asked.
    pub fn operators(self) -> impl Iterator<Item = FilterType> {
        let value = match self {
            Self::Integer | Self::Float | Self::JsonNumber => "1",
            Self::Date | Self::Timestamp => "2024-07-01",
            Self::Bool | Self::JsonBool => "true",
            Self::Text | Self::Name(_) | Self::Shown(_) | Self::JsonText => "a",
            Self::TextArray | Self::JsonArray => "a",
        };
        let accepts = move |one: &FilterType| Test::read(*one, (self, Tz::UTC), value).is_some();
        FilterType::ALL.into_iter().filter(accepts)
    }
}

/// One entry of an allow-list.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Field {
    /// Name that clients send; for JSON kinds the part before the keys.
    pub name: &'static str,
    /// Column, optionally qualified by a table alias. Text of ours.
    pub column: &'static str,
    /// Type.
    pub kind: Kind,
    /// Whether lists can be sorted by it.
    pub sortable: bool,
    /// Exact number of keys of a JSON kind, 0 where the name alone stands for one; absent for any number from
    /// one.
    pub depth: Option<usize>,
}

impl Field {
    /// A field that can be filtered and sorted by, named like its column.
    pub const fn new(name: &'static str, kind: Kind) -> Self {
        Self { name, column: name, kind, sortable: true, depth: None }
    }

    /// A field that can be filtered by only.
    pub const fn filter_only(name: &'static str, kind: Kind) -> Self {
        Self { name, column: name, kind, sortable: false, depth: None }
    }

    /// The same field over another column.
    pub const fn over(self, column: &'static str) -> Self {
        Self { column, ..self }
    }

    /// The same field with exactly `keys` keys, for maps.
    pub const fn with_depth(self, keys: usize) -> Self {
        Self { depth: Some(keys), ..self }
    }
}

/// The entry that a client's field names, and the JSON keys after it.
///
/// Keys are of `A-Z a-z 0-9 _ + -`; a JSON field needs at least one, a plain one has none.
pub fn find_field<'a, 'f>(fields: &'a [Field], name: &'f str) -> Option<(&'a Field, Vec<&'f str>)> {
    let mut parts = name.split('.');
    let first = parts.next()?;
    let field = fields.iter().find(|field| field.name == first)?;
    let keys: Vec<&str> = parts.collect();
    let well_formed = keys.iter().all(|key| !key.is_empty() && key.bytes().all(is_key_byte));
    let deep_enough = match field.depth {
        Some(depth) => keys.len() == depth,
        None => keys.is_empty() != field.kind.has_path(),
    };
    (well_formed && deep_enough).then_some((field, keys))
}

fn is_key_byte(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'+' | b'-')
}
