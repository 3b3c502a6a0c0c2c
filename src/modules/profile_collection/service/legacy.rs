//! Where the collections of an earlier product went.

use super::super::dao::legacy as dao;
use super::super::dto::MigrationOut;
use super::super::manager::legacy as manager;
use super::ProfileCollectionEditor;
use crate::core::envelope::{Status, Success as _};
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;

const FOUND: &str = "Retrieve info successfully";

impl ProfileCollectionEditor {
    /// Of the collection with this id there, where the one here is the caller's.
    ///
    /// # Errors
    /// A store error.
    pub async fn migrated(&self, unit: &UnitOfWork, id: i64) -> Result<MigrationOut, Error> {
        let row = match unit.caller().partner_id {
            Some(_) => dao::of_id(&unit.tenant().await?, id).await?,
            None => None,
        };
        Ok(MigrationOut::of(Status::success(FOUND, 0), row.map(manager::entry)))
    }

    /// Of the collection with this share id there.
    ///
    /// # Errors
    /// A store error.
    pub async fn migrated_shared(
        &self,
        unit: &UnitOfWork,
        share_id: &str,
    ) -> Result<MigrationOut, Error> {
        let row = dao::of_share_id(&unit.read(), share_id).await?;
        Ok(MigrationOut::of(Status::success(FOUND, 0), row.map(manager::entry)))
    }
}
