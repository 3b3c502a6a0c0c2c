//! What other modules ask about keyword collections.

use super::dao;
use super::entity::ReportTotals;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;

/// Keyword collections of partners.
#[derive(Debug, Clone, Copy, Default)]
pub struct KeywordCollectionService;

impl KeywordCollectionService {
    /// Totals of those of these collections that have a report and that the caller may see.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn totals(
        &self,
        unit: &UnitOfWork,
        ids: &[String],
    ) -> Result<Vec<ReportTotals>, Error> {
        if ids.is_empty() {
            return Ok(Vec::new());
        }
        dao::totals(&unit.tenant().await?, ids).await
    }
}
