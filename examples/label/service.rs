//! Use cases of labels.

use super::dto::{LabelFields, LabelIn, LabelsOut};
use super::entity::Entity;
use super::{dao, manager};
use crate::core::envelope::{CREATED, LISTED, RETRIEVED, Success as _};
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::rows::required;
use crate::core::unit_of_work::UnitOfWork;

/// Stores a label.
pub async fn create(unit: &UnitOfWork, label: LabelIn) -> Result<LabelsOut, Error> {
    required("name", label.name.as_ref())?;
    manager::check(&label)?;
    let row = unit.tenant().await?.create(dao::columns(label)).await?;
    Ok(LabelsOut::one(CREATED, manager::entry(row)))
}

/// A label.
pub async fn get(unit: &UnitOfWork, id: i64) -> Result<LabelsOut, Error> {
    let row = unit.tenant().await?.row::<Entity>(id).await?;
    Ok(LabelsOut::one(RETRIEVED, manager::entry(row)))
}

/// Changes or removes a label.
pub async fn update(unit: &UnitOfWork, id: i64, label: LabelIn) -> Result<LabelsOut, Error> {
    manager::check(&label)?;
    unit.tenant().await?.patch(id, dao::columns(label)).await?;
    Ok(LabelsOut::changed())
}

/// A page of labels.
pub async fn list(unit: &UnitOfWork, list: &ListIn) -> Result<LabelsOut, Error> {
    let page = unit.list::<Entity, LabelFields>(list).await?;
    Ok(LabelsOut::page(LISTED, page.map(manager::entry)))
}
