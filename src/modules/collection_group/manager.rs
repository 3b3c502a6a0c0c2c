//! What a collection group is: its entry, its row and its rules.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::entity::{ActiveModel, Column, Entity, Model};
use crate::core::caller::Caller;
use crate::core::crud::{NotSet, Records, Resource, Set, Value, share_id};
use crate::core::error::{Code, Error};
use crate::core::json;
use crate::core::query::{Field, Kind};
use crate::core::respond::{ERROR, Envelope, Status};
use crate::core::session::Session;
use crate::modules::post_collection::PostCollectionService;
use crate::modules::profile_collection::ProfileCollectionService;

/// Most collections of a group.
const COLLECTION_LIMIT: usize = 1_000;
/// Most metrics that a group expects or disables.
const METRIC_LIMIT: usize = 100;
/// Longest id or name, in characters.
const NAME_LIMIT: usize = 255;
/// Longest comment, in characters.
const COMMENT_LIMIT: usize = 10_000;

/// A group as clients send it.
#[derive(Debug, Clone, Default, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupIn {
    name: Option<String>,
    source: Option<String>,
    source_id: Option<String>,
    objective: Option<String>,
    /// Ids of post and profile collections of the same partner.
    collection_ids: Option<Vec<String>>,
    #[serde(deserialize_with = "json::object")]
    metadata: Option<GroupMetadata>,
    /// `false` removes the group.
    enabled: Option<bool>,
}

/// Expectations of a group.
#[derive(Debug, Clone, Default, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "camelCase", default)]
pub struct GroupMetadata {
    /// By metric; null where a metric is expected without a number.
    #[serde(skip_serializing_if = "BTreeMap::is_empty")]
    expected_metric_values: BTreeMap<String, Option<f64>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    disabled_metrics: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    comments: Option<String>,
}

/// A group as clients get it.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct GroupOut {
    id: i64,
    name: String,
    collection_ids: Option<Vec<String>>,
    partner_id: i64,
    objective: Option<String>,
    source: String,
    source_id: String,
    enabled: bool,
    created_by: String,
    share_id: String,
    metadata: Option<GroupMetadata>,
}

/// A group as it is seen by its share id: what everybody may know, and what its owner and the platform see
/// besides. Nobody sees its author.
#[serde_with::skip_serializing_none]
#[derive(Debug, Serialize, ToSchema)]
#[serde(rename_all = "camelCase")]
pub struct SharedGroupOut {
    id: i64,
    name: String,
    collection_ids: Option<Vec<String>>,
    objective: Option<String>,
    enabled: bool,
    share_id: String,
    /// For others the disabled metrics alone.
    metadata: Option<GroupMetadata>,
    /// Owner and platform only.
    partner_id: Option<i64>,
    /// Owner and platform only.
    source: Option<String>,
    /// Owner and platform only.
    source_id: Option<String>,
}

impl SharedGroupOut {
    /// What `caller` sees.
    pub(super) fn of(group: GroupOut, caller: &Caller) -> Self {
        let seen = Self {
            id: group.id,
            name: group.name,
            collection_ids: group.collection_ids,
            objective: group.objective,
            enabled: group.enabled,
            share_id: group.share_id,
            metadata: group.metadata.as_ref().map(GroupMetadata::for_everybody),
            partner_id: None,
            source: None,
            source_id: None,
        };
        if !caller.is_admin() && caller.partner_id != Some(group.partner_id) {
            return seen;
        }
        Self {
            metadata: group.metadata,
            partner_id: Some(group.partner_id),
            source: Some(group.source),
            source_id: Some(group.source_id),
            ..seen
        }
    }
}

impl GroupMetadata {
    fn for_everybody(&self) -> Self {
        Self { disabled_metrics: self.disabled_metrics.clone(), ..Self::default() }
    }
}

/// Answer with a group by its share id.
#[derive(Debug, Serialize, ToSchema)]
pub struct SharedGroupsOut {
    status: Status,
    /// Absent on errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<SharedGroupOut>>,
}

impl SharedGroupsOut {
    /// The group that was found.
    pub(super) fn found(status: Status, group: SharedGroupOut) -> Self {
        Self { status, groups: Some(vec![group]) }
    }
}

impl Envelope for SharedGroupsOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status, groups: None }
    }
}

/// Answer of the group routes.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupsOut {
    status: Status,
    /// Absent on errors.
    #[serde(skip_serializing_if = "Option::is_none")]
    groups: Option<Vec<GroupOut>>,
}

impl Envelope for GroupsOut {
    const FAILURE: &'static str = ERROR;

    fn failed(status: Status) -> Self {
        Self { status, groups: None }
    }
}

impl From<Records<GroupOut>> for GroupsOut {
    fn from(records: Records<GroupOut>) -> Self {
        Self { status: records.status, groups: Some(records.entries.unwrap_or_default()) }
    }
}

/// The resource.
pub struct CollectionGroup;

impl Resource for CollectionGroup {
    type Entity = Entity;
    type Row = ActiveModel;
    type Id = i64;
    type In = GroupIn;
    type Out = GroupOut;
    type Answer = GroupsOut;

    const FIELDS: &'static [Field] = &[Field::new("id", Kind::Integer)];
    const ID: Column = Column::Id;
    const ENABLED: Column = Column::Enabled;
    const CONFLICT: &'static str = "collection already exists";

    fn out(row: Model) -> Result<GroupOut, Error> {
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

    fn created(input: GroupIn, account_id: i64) -> Result<ActiveModel, Error> {
        let required = |value: Option<String>, limit| match value.filter(|text| !text.is_empty()) {
            Some(text) => within(text, limit),
            None => Err(Error::refused(
                Code::InvalidValue,
                "Bad Request. Missing parameter source/name/sourceId in input",
            )),
        };
        Ok(ActiveModel {
            share_id: Set(share_id()),
            name: Set(required(input.name, 255)?),
            source: Set(required(input.source, 45)?),
            source_id: Set(required(input.source_id, 255)?),
            objective: Set(input.objective.map(|text| within(text, 40)).transpose()?),
            collection_ids: Set(input.collection_ids),
            metadata: Set(Some(stored(input.metadata.unwrap_or_default())?)),
            enabled: Set(true),
            created_by: Set(account_id.to_string()),
            ..ActiveModel::default()
        })
    }

    fn patched(input: GroupIn) -> Result<ActiveModel, Error> {
        let name = input.name.map(|name| match name.trim() {
            "" => Err(Error::invalid_value("name", "name cannot be empty")),
            _ => within(name, 255),
        });
        let metadata = input.metadata.map(stored).transpose()?;
        Ok(ActiveModel {
            name: name.transpose()?.map_or(NotSet, Set),
            objective: match input.objective {
                Some(text) => Set(Some(within(text, 40)?)),
                None => NotSet,
            },
            collection_ids: input.collection_ids.map_or(NotSet, |ids| Set(Some(ids))),
            metadata: metadata.map_or(NotSet, |metadata| Set(Some(metadata))),
            enabled: if input.enabled == Some(false) { Set(false) } else { NotSet },
            updated_at: Set(chrono::Utc::now()),
            ..ActiveModel::default()
        })
    }

    fn same(row: &ActiveModel) -> Vec<(Column, Value)> {
        let keys = [(Column::Source, &row.source), (Column::SourceId, &row.source_id)];
        let set = keys.into_iter().filter_map(|(column, value)| match value {
            Set(value) => Some((column, value.clone().into())),
            _ => None,
        });
        set.collect()
    }

    async fn check(session: &Session, owner: i64, input: &GroupIn) -> Result<(), Error> {
        if !is_bounded(input) {
            return Err(Error::invalid_request());
        }
        let ids = input.collection_ids.as_deref().unwrap_or_default();
        if ids.is_empty() {
            return Ok(());
        }
        let posts = PostCollectionService.owned(session, owner, ids).await?;
        let profiles = ProfileCollectionService.owned(session, owner, ids).await?;
        match ids.iter().find(|id| !posts.contains(id) && !profiles.contains(id)) {
            Some(foreign) => {
                let text = format!("invalid collection - {foreign}");
                Err(Error::invalid_value("collectionIds", text))
            }
            None => Ok(()),
        }
    }
}

fn stored(metadata: GroupMetadata) -> Result<serde_json::Value, Error> {
    serde_json::to_value(metadata).map_err(|error| Error::internal("collection group", error))
}

/// Whether no list and no text is longer than what a group can mean.
fn is_bounded(input: &GroupIn) -> bool {
    let is_short = |text: &String| text.chars().count() <= NAME_LIMIT;
    let ids = input.collection_ids.as_deref().unwrap_or_default();
    let metadata = input.metadata.as_ref().is_none_or(|metadata| {
        let GroupMetadata { expected_metric_values: expected, disabled_metrics, comments } =
            metadata;
        expected.len().max(disabled_metrics.len()) <= METRIC_LIMIT
            && expected.keys().chain(disabled_metrics).all(is_short)
            && comments.as_ref().is_none_or(|text| text.chars().count() <= COMMENT_LIMIT)
    });
    metadata && ids.len() <= COLLECTION_LIMIT && ids.iter().all(is_short)
}

fn within(text: String, limit: usize) -> Result<String, Error> {
    if text.chars().count() > limit { Err(Error::invalid_request()) } else { Ok(text) }
}
