//! What other modules ask about post collections.

mod find;

use super::dao;
use super::entity::PostTotals;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;

/// Post collections of partners.
#[derive(Debug, Clone, Copy, Default)]
pub struct PostCollectionService;

impl PostCollectionService {
    /// Which of these ids are enabled post collections of `partner_id`.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn owned(
        &self,
        unit: &UnitOfWork,
        partner_id: i64,
        ids: &[String],
    ) -> Result<Vec<String>, Error> {
        dao::owned(&unit.tenant().await?, partner_id, ids).await
    }

    /// Totals of those of these collections that the caller may see.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn totals(
        &self,
        unit: &UnitOfWork,
        ids: &[String],
    ) -> Result<Vec<PostTotals>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        dao::totals(&unit.tenant().await?, ids).await
    }
}
