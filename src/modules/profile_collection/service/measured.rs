//! Collections as those who measure their posts look them up.

use super::super::dao::measured as dao;
use super::ProfileCollectionService;
use crate::core::db::{ShareOwner, TenantDb};
use crate::core::error::{Code, Error};
use crate::core::unit_of_work::UnitOfWork;

/// What measuring has to know of a collection.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MeasuredCollection {
    /// Id, as text.
    pub id: String,
    /// Names of metrics.
    pub disabled_metrics: Vec<String>,
}

impl ProfileCollectionService {
    /// Those of these collections (ids as text) that are enabled and in the view `rows`, in the order of
    /// `ids`; an id that names none is left out.
    ///
    /// # Errors
    /// A store error.
    pub async fn measured(
        &self,
        rows: &TenantDb<'_>,
        ids: &[String],
    ) -> Result<Vec<MeasuredCollection>, Error> {
        let numbers = numbers(ids);
        if numbers.is_empty() {
            return Ok(Vec::new());
        }
        let found = dao::found(rows, &numbers).await?.into_iter();
        let mut found: Vec<MeasuredCollection> = found
            .map(|(id, metrics)| MeasuredCollection {
                id,
                disabled_metrics: serde_json::from_value(metrics).unwrap_or_default(),
            })
            .collect();
        found.sort_by_cached_key(|row| ids.iter().position(|id| *id == row.id));
        Ok(found)
    }

    /// The platforms' own ids of the accounts that are hidden in these collections (ids as text) of the view
    /// `rows`.
    ///
    /// # Errors
    /// A store error.
    pub async fn hidden_accounts(
        &self,
        rows: &TenantDb<'_>,
        ids: &[String],
    ) -> Result<Vec<String>, Error> {
        dao::hidden_accounts(rows, &numbers(ids)).await
    }

    /// The collection behind a share id, and the view of its owner's rows that it opens.
    ///
    /// # Errors
    /// `record not found`; `this collection can not be shared with anyone` while its owner shares it with
    /// nobody; a store error.
    pub async fn measured_by_share_id<'a>(
        &self,
        unit: &'a UnitOfWork,
        share_id: &str,
    ) -> Result<(MeasuredCollection, TenantDb<'a>), Error> {
        let found = dao::shared(&unit.read(), share_id).await?;
        let (id, owner, is_shared) = found.ok_or_else(Error::record_not_found)?;
        if !is_shared {
            let text = "this collection can not be shared with anyone";
            return Err(Error::refused(Code::Unauthorized, text));
        }
        let rows = unit.shared(ShareOwner::read_only(owner)).await?;
        let mut found = self.measured(&rows, &[id.to_string()]).await?;
        Ok((found.pop().ok_or_else(Error::record_not_found)?, rows))
    }

    /// A featured collection, which anybody may read, and the view of its owner's rows.
    ///
    /// # Errors
    /// A store error.
    pub async fn measured_if_featured<'a>(
        &self,
        unit: &'a UnitOfWork,
        id: &str,
    ) -> Result<Option<(MeasuredCollection, TenantDb<'a>)>, Error> {
        let Ok(number) = id.parse() else { return Ok(None) };
        let Some(owner) = dao::featured(&unit.read(), number).await? else { return Ok(None) };
        let rows = unit.shared(ShareOwner::read_only(owner)).await?;
        let mut found = self.measured(&rows, &[id.to_owned()]).await?;
        Ok(found.pop().map(|found| (found, rows)))
    }
}

fn numbers(ids: &[String]) -> Vec<i64> {
    ids.iter().filter_map(|id| id.parse().ok()).collect()
}
