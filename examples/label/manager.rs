//! Rules of a label, and how a row becomes an entry.

use super::dto::{LabelIn, LabelOut};
use super::entity::Model;
use crate::core::error::Error;
use crate::core::rows::check_text;

/// Whether a label may be stored, or changed so.
pub fn check(label: &LabelIn) -> Result<(), Error> {
    check_text("name", label.name.as_ref(), 1..=100)?;
    check_text("color", label.color.as_ref(), 0..=20)
}

/// The entry of a row.
pub fn entry(row: Model) -> LabelOut {
    let Model { id, name, color, created_by, updated_at, .. } = row;
    LabelOut { id, name, color, created_by, updated_at: updated_at.timestamp() }
}
