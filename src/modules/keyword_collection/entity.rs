//! Rows of keyword collections.

use sea_orm::FromQueryResult;

/// What the last report of a collection counted.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ReportTotals {
    /// Collection.
    pub id: String,
    /// Its owner.
    pub partner_id: i64,
    /// Posts.
    pub posts: i64,
    /// Reach of the posts together.
    pub reach: i64,
}
