//! The columns that a request writes.

use super::dto::LabelIn;
use super::entity::ActiveModel;
use crate::core::rows::given;

/// Those of the members that are there.
pub fn columns(label: LabelIn) -> ActiveModel {
    ActiveModel {
        name: given(label.name),
        color: given(label.color.map(Some)),
        enabled: given(label.enabled),
        ..ActiveModel::default()
    }
}
