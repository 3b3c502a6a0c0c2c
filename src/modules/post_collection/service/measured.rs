//! Posts as those who measure them ask for them. `ids` are those of collections that were found in the view
//! `rows`.

use std::collections::HashMap;

use chrono::{DateTime, Utc};

use super::super::dao::measured as dao;
use super::PostCollectionService;
use crate::core::db::TenantDb;
use crate::core::error::Error;

impl PostCollectionService {
    /// How many posts the reports of these collections show, and when the newest of them was added.
    ///
    /// # Errors
    /// A store error.
    pub async fn reported(
        &self,
        rows: &TenantDb<'_>,
        ids: &[String],
    ) -> Result<(i64, Option<DateTime<Utc>>), Error> {
        dao::reported(rows, ids).await
    }

    /// Ids of the posts that their owner marked, or of those that he did not.
    ///
    /// # Errors
    /// A store error.
    pub async fn bookmarked(
        &self,
        rows: &TenantDb<'_>,
        ids: &[String],
        is_bookmarked: bool,
    ) -> Result<Vec<i64>, Error> {
        dao::bookmarked(rows, ids, is_bookmarked).await
    }

    /// Whether their owner marked these posts, by their ids.
    ///
    /// # Errors
    /// A store error.
    pub async fn bookmarks(
        &self,
        rows: &TenantDb<'_>,
        ids: &[String],
        items: Vec<i64>,
    ) -> Result<HashMap<i64, bool>, Error> {
        if items.is_empty() {
            return Ok(HashMap::new());
        }
        Ok(dao::bookmarks(rows, ids, items).await?.into_iter().collect())
    }
}
