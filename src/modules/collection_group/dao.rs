//! Statements on groups beyond those of every row.

use sea_orm::ActiveValue::{NotSet, Set};
use sea_orm::ColumnTrait as _;
use sea_orm::sea_query::Condition;

use super::dto::{GroupIn, GroupMetadata};
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::share::share_id;

/// Stores a checked group, or finds the own one of the same source; `None` when the source is taken by a
/// removed one.
pub async fn create(
    tenant: &TenantDb<'_>,
    group: GroupIn,
    account_id: i64,
) -> Result<Option<Model>, Error> {
    let (source, source_id) =
        (group.source.unwrap_or_default(), group.source_id.unwrap_or_default());
    let same =
        Condition::all().add(Column::Source.eq(&*source)).add(Column::SourceId.eq(&*source_id));
    let row = ActiveModel {
        name: Set(group.name.unwrap_or_default()),
        source: Set(source),
        source_id: Set(source_id),
        objective: Set(group.objective),
        collection_ids: Set(group.collection_ids),
        metadata: Set(Some(stored(&group.metadata.unwrap_or_default())?)),
        enabled: Set(true),
        created_by: Set(account_id.to_string()),
        ..ActiveModel::default()
    };
    let fresh = || ActiveModel { share_id: Set(share_id()), ..row.clone() };
    tenant.insert_or_same::<Entity, _>(fresh, same).await
}

/// Writes the members that a checked change has.
pub async fn update(tenant: &TenantDb<'_>, id: i64, group: GroupIn) -> Result<(), Error> {
    let metadata = group.metadata.as_ref().map(stored).transpose()?;
    let row = ActiveModel {
        name: group.name.map_or(NotSet, Set),
        objective: group.objective.map_or(NotSet, |text| Set(Some(text))),
        collection_ids: group.collection_ids.map_or(NotSet, |ids| Set(Some(ids))),
        metadata: metadata.map_or(NotSet, |metadata| Set(Some(metadata))),
        enabled: if group.enabled == Some(false) { Set(false) } else { NotSet },
        updated_at: Set(chrono::Utc::now()),
        ..ActiveModel::default()
    };
    tenant.patch::<Entity, _>(id, &row).await.map(drop)
}

fn stored(metadata: &GroupMetadata) -> Result<serde_json::Value, Error> {
    serde_json::to_value(metadata).map_err(|error| Error::internal("collection group", error))
}
