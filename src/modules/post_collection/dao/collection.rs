//! Statements on collections.

use sea_orm::{ColumnTrait as _, QueryFilter as _};

use super::super::entity::collection::{Column, Entity, Model};
use crate::core::db::TenantDb;
use crate::core::error::Error;

/// The enabled ones among these, in no order.
pub async fn find(rows: &TenantDb<'_>, ids: &[String]) -> Result<Vec<Model>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    Ok(rows.enabled::<Entity>().filter(Column::Id.is_in(ids)).all().await?)
}
