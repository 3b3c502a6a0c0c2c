//! What the posts of collections have come to.

use sea_orm::FromQueryResult;

/// What the posts of a collection have come to.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct PostTotals {
    /// Collection.
    pub id: String,
    /// Its owner.
    pub partner_id: i64,
    /// Measured posts.
    pub posts: i64,
    /// Reach of the posts together.
    pub reach: i64,
}
