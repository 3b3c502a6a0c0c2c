//! Collections as other modules look them up.

use super::super::dao::collection;
use super::super::entity::collection::{Entity, Model};
use super::PostCollectionService;
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::share;
use crate::core::unit_of_work::UnitOfWork;

impl PostCollectionService {
    /// Those of these collections that are enabled and in the view `rows`, in the order of `ids`; an id that
    /// names none is left out. The view of one partner is `tenant.own()` or `tenant.narrowed(…)`, that of a
    /// share id the one which opened it.
    ///
    /// # Errors
    /// A store error.
    pub async fn find(&self, rows: &TenantDb<'_>, ids: &[String]) -> Result<Vec<Model>, Error> {
        let mut found = collection::find(rows, ids).await?;
        found.sort_by_cached_key(|row| ids.iter().position(|id| *id == row.id));
        Ok(found)
    }

    /// The newest enabled collection of this name in the view `rows`.
    ///
    /// # Errors
    /// A store error.
    pub async fn named(&self, rows: &TenantDb<'_>, name: &str) -> Result<Option<Model>, Error> {
        collection::named(rows, name).await
    }

    /// The enabled collection behind a share id, and the view of its owner's rows that it opens.
    ///
    /// # Errors
    /// `record not found`, a store error.
    pub async fn shared<'a>(
        &self,
        unit: &'a UnitOfWork,
        share_id: &str,
    ) -> Result<(Model, TenantDb<'a>), Error> {
        share::open::<Entity>(unit, share_id).await
    }
}
