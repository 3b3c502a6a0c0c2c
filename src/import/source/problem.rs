//! Why a row, or a part of one, is not imported.

use serde::Serialize;

/// Characters of a value that a report shows.
const SHOWN: usize = 60;

/// What is wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::import) enum Reason {
    MissingColumn,
    ExtraColumn,
    NotText,
    BadNumber,
    BadDate,
    BadChannelTitle,
    BadHandle,
    BadCollection,
    BadPlatform,
    BadLink,
    HandleAndLink,
    NoHandleNorLink,
    UnknownHandle,
}

impl Reason {
    /// Its name in counts.
    pub(in crate::import) fn name(self) -> &'static str {
        match self {
            Self::MissingColumn => "missing column",
            Self::ExtraColumn => "extra column",
            Self::NotText => "not UTF-8",
            Self::BadNumber => "bad number",
            Self::BadDate => "bad date",
            Self::BadChannelTitle => "bad channel title",
            Self::BadHandle => "bad handle",
            Self::BadCollection => "bad collection",
            Self::BadPlatform => "bad platform",
            Self::BadLink => "bad link",
            Self::HandleAndLink => "handle and link",
            Self::NoHandleNorLink => "neither handle nor link",
            Self::UnknownHandle => "unknown handle",
        }
    }

    /// What whoever has the file can do.
    fn advice(self) -> &'static str {
        match self {
            Self::MissingColumn => "the row has fewer fields than the header",
            Self::ExtraColumn => {
                "the row has more fields than the header; a field that contains the separator needs quotes"
            }
            Self::NotText => {
                "save the file as UTF-8, or name its encoding: --encoding windows-1252"
            }
            Self::BadNumber => {
                "write a whole number from 0 to 9007199254740991: 477900000, 477,900,000, 477.9M or 2.5 Cr"
            }
            Self::BadDate => {
                "write a day as 2017-11-14, an instant as 2017-11-14T08:59:27Z, between 1970 and 2105"
            }
            Self::BadChannelTitle => "a channel needs a title that no spreadsheet has replaced",
            Self::BadHandle => {
                "write a handle of Instagram or the link of a profile: letters, digits, . and _, 30 at most"
            }
            Self::BadCollection => "a collection needs a name of 1 to 255 characters",
            Self::BadPlatform => "write INSTAGRAM or YOUTUBE",
            Self::BadLink => "write the link of a post on the row's platform",
            Self::HandleAndLink | Self::NoHandleNorLink => {
                "a row has either the handle of a profile or the link of a post"
            }
            Self::UnknownHandle => {
                "write the handle of a profile that is known, on YouTube the id of the channel or its @name; \
                 others come from the collector, which a later run asks again"
            }
        }
    }
}

/// What is wrong where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(in crate::import) struct Problem {
    pub(in crate::import) reason: Reason,
    /// Position of the column; absent where the row as a whole is wrong.
    pub(in crate::import) column: Option<usize>,
    value: String,
}

impl Problem {
    /// A row that is wrong as a whole.
    pub(in crate::import) fn row(reason: Reason) -> Self {
        Self { reason, column: None, value: String::new() }
    }

    /// A value that cannot be read.
    pub(super) fn field(reason: Reason, column: usize, value: &str) -> Self {
        let value = value.chars().filter(|c| !c.is_control()).take(SHOWN).collect();
        Self { reason, column: Some(column), value }
    }
}

/// A problem as a report tells it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct SkippedRow {
    /// File as it was given.
    pub file: String,
    /// Line in which the row begins, from 1.
    pub line: u64,
    /// Name of the column; absent where the row as a whole is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Beginning of the value.
    pub value: String,
    /// What is wrong.
    pub reason: &'static str,
    /// What to do about it.
    pub advice: &'static str,
}

impl SkippedRow {
    pub(super) fn new(problem: Problem, file: &str, line: u64, header: &[String]) -> Self {
        let column = problem.column.and_then(|column| header.get(column).cloned());
        let (reason, advice) = (problem.reason.name(), problem.reason.advice());
        Self { file: file.to_owned(), line, column, value: problem.value, reason, advice }
    }
}

impl std::fmt::Display for SkippedRow {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}: {}", self.file, self.line, self.reason)?;
        if let Some(column) = &self.column {
            write!(f, " in {column}: {:?}", self.value)?;
        }
        write!(f, " ({})", self.advice)
    }
}
