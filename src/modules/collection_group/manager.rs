//! Rules of a group, and how rows become entries.

use super::dto::{GroupIn, GroupMetadata, GroupOut};
use super::entity::Model;
use crate::core::error::{Code, Error};
use crate::core::rows::fits;

/// Most collections of a group.
const COLLECTION_LIMIT: usize = 1_000;
/// Most metrics that a group expects or disables.
const METRIC_LIMIT: usize = 100;
/// Longest id or name, in characters.
const NAME_LIMIT: usize = 255;
/// Longest comment, in characters.
const COMMENT_LIMIT: usize = 10_000;

/// Whether a group may be stored.
///
/// # Errors
/// A member that is missing or too long.
pub(super) fn check_new(group: &GroupIn) -> Result<(), Error> {
    if [&group.name, &group.source, &group.source_id]
        .iter()
        .any(|text| text.as_ref().is_none_or(String::is_empty))
    {
        let text = "Bad Request. Missing parameter source/name/sourceId in input";
        return Err(Error::refused(Code::InvalidValue, text));
    }
    check(group)
}

/// Whether a group may be changed so.
///
/// # Errors
/// A blank name, or a member that is too long.
pub(super) fn check_change(group: &GroupIn) -> Result<(), Error> {
    if group.name.as_ref().is_some_and(|name| name.trim().is_empty()) {
        return Err(Error::invalid_value("name", "name cannot be empty"));
    }
    check(group)
}

/// No list and no text is longer than what a group can mean, and a column holds.
fn check(group: &GroupIn) -> Result<(), Error> {
    let texts =
        [(&group.name, 255), (&group.source, 45), (&group.source_id, 255), (&group.objective, 40)];
    let texts =
        texts.into_iter().all(|(text, limit)| text.as_ref().is_none_or(|text| fits(text, limit)));
    let ids = group.collection_ids.as_deref().unwrap_or_default();
    let ids = ids.len() <= COLLECTION_LIMIT && ids.iter().all(|id| fits(id, NAME_LIMIT));
    let metadata = group.metadata.as_ref().is_none_or(|metadata| {
        let GroupMetadata { expected_metric_values: expected, disabled_metrics, comments } =
            metadata;
        expected.len().max(disabled_metrics.len()) <= METRIC_LIMIT
            && expected.keys().chain(disabled_metrics).all(|name| fits(name, NAME_LIMIT))
            && comments.as_ref().is_none_or(|text| fits(text, COMMENT_LIMIT))
    });
    if texts && ids && metadata { Ok(()) } else { Err(Error::invalid_request()) }
}

/// The entry of a row.
///
/// # Errors
/// Stored metadata that cannot be read.
pub(super) fn entry(row: Model) -> Result<GroupOut, Error> {
    let metadata = row.metadata.map(serde_json::from_value).transpose();
    Ok(GroupOut {
        id: row.id,
        name: row.name,
        collection_ids: row.collection_ids,
        partner_id: row.partner_id,
        objective: row.objective,
        source: row.source,
        source_id: row.source_id,
        enabled: row.enabled,
        created_by: row.created_by,
        share_id: row.share_id,
        metadata: metadata.map_err(|error| Error::internal("collection group", error))?,
    })
}
