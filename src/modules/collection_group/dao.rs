//! Statements on groups beyond those of every row.

use sea_orm::ActiveValue::Set;
use sea_orm::{ColumnTrait as _, ExprTrait as _, QueryFilter as _};

use super::dto::GroupIn;
use super::entity::{ActiveModel, Column, Entity, Model};
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::rows::given;
use crate::core::share::share_id;

/// Stores a checked group, or finds the own one of the same source; `None` when the source is taken by a
/// removed one.
pub async fn create(tenant: &TenantDb<'_>, mut group: GroupIn) -> Result<Option<Model>, Error> {
    let (source, source_id) = (group.source.take(), group.source_id.take());
    let is_source = Column::Source.eq(source.as_deref());
    let same = is_source.and(Column::SourceId.eq(source_id.as_deref()));
    group.metadata.get_or_insert_default();
    let row = ActiveModel { source: given(source), source_id: given(source_id), ..columns(group)? };
    tenant.insert_or_same(|| ActiveModel { share_id: Set(share_id()), ..row.clone() }, same).await
}

/// A group that was not removed.
pub async fn find(tenant: &TenantDb<'_>, id: i64) -> Result<Option<Model>, Error> {
    Ok(tenant.enabled::<Entity>().filter(Column::Id.eq(id)).one().await?)
}

/// Writes the members that a checked change has.
pub async fn update(tenant: &TenantDb<'_>, id: i64, group: GroupIn) -> Result<(), Error> {
    let enabled = given(group.enabled);
    tenant.patch(id, ActiveModel { enabled, ..columns(group)? }).await.map(drop)
}

fn columns(group: GroupIn) -> Result<ActiveModel, Error> {
    let metadata = group.metadata.map(serde_json::to_value).transpose();
    let metadata = metadata.map_err(|error| Error::internal("collection group", error))?;
    Ok(ActiveModel {
        name: given(group.name),
        objective: given(group.objective.map(Some)),
        collection_ids: given(group.collection_ids.map(Some)),
        metadata: given(metadata.map(Some)),
        ..ActiveModel::default()
    })
}
