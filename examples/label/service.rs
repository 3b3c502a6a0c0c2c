//! Use cases of labels.

use super::dto::{LabelFields, LabelIn, LabelsOut};
use super::entity::Entity;
use super::{dao, manager};
use crate::core::envelope::{CREATED, LISTED, RETRIEVED, Success as _};
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::rows::required;
use crate::core::session::Session;

/// Stores a label.
pub async fn create(session: &Session, label: LabelIn) -> Result<LabelsOut, Error> {
    required("name", label.name.as_ref())?;
    manager::check(&label)?;
    let row = session.tenant().await?.create(dao::columns(label)).await?;
    Ok(LabelsOut::one(CREATED, manager::entry(row)))
}

/// A label.
pub async fn get(session: &Session, id: i64) -> Result<LabelsOut, Error> {
    let row = session.tenant().await?.row::<Entity>(id).await?;
    Ok(LabelsOut::one(RETRIEVED, manager::entry(row)))
}

/// Changes or removes a label.
pub async fn update(session: &Session, id: i64, label: LabelIn) -> Result<LabelsOut, Error> {
    manager::check(&label)?;
    session.tenant().await?.patch(id, dao::columns(label)).await?;
    Ok(LabelsOut::changed())
}

/// A page of labels.
pub async fn list(session: &Session, list: &ListIn) -> Result<LabelsOut, Error> {
    let page = session.list::<Entity, LabelFields>(list).await?;
    Ok(LabelsOut::page(LISTED, page.map(manager::entry)))
}
