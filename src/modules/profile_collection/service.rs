//! What other modules ask about profile collections.

mod measured;

pub use measured::MeasuredCollection;

use super::dao;
use crate::core::error::Error;
use crate::core::unit_of_work::UnitOfWork;

/// Profile collections of partners.
#[derive(Debug, Clone, Copy, Default)]
pub struct ProfileCollectionService;

impl ProfileCollectionService {
    /// Which of these ids (as text) are enabled profile collections of `partner_id`.
    ///
    /// # Errors
    /// The caller has no partner, or a store error.
    pub async fn owned(
        &self,
        unit: &UnitOfWork,
        partner_id: i64,
        ids: &[String],
    ) -> Result<Vec<String>, Error> {
        let numbers: Vec<i64> = ids.iter().filter_map(|id| id.parse().ok()).collect();
        dao::owned(&unit.tenant().await?, partner_id, &numbers).await
    }
}
