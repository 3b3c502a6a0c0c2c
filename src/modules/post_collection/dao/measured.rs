//! What measuring asks of posts.

use chrono::{DateTime, Utc};

use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;

const REPORTED: TenantSql = TenantSql::of_scope(
    "SELECT count(*) AS items, max(i.created_at) AS newest \
     FROM post_collection c JOIN post_collection_item i ON i.post_collection_id = c.id \
     WHERE c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($3) \
       AND i.enabled AND coalesce(i.show_in_report, true)",
);

const BOOKMARKED: TenantSql = TenantSql::of_scope(
    "SELECT i.id \
     FROM post_collection c JOIN post_collection_item i ON i.post_collection_id = c.id \
     WHERE c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($3) AND i.enabled AND i.bookmarked = $4",
);

const BOOKMARKS: TenantSql = TenantSql::of_scope(
    "SELECT i.id, i.bookmarked \
     FROM post_collection c JOIN post_collection_item i ON i.post_collection_id = c.id \
     WHERE c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($3) AND i.id = ANY($4)",
);

/// How many posts a report shows, and when the newest of them was added.
pub async fn reported(
    rows: &TenantDb<'_>,
    ids: &[String],
) -> Result<(i64, Option<DateTime<Utc>>), Error> {
    let row = rows.one(REPORTED, [ids.to_vec().into()]).await?;
    let Some(row) = row else { return Ok((0, None)) };
    Ok((row.try_get("", "items")?, row.try_get("", "newest")?))
}

/// Ids of the posts that are marked, or of those that are not.
pub async fn bookmarked(
    rows: &TenantDb<'_>,
    ids: &[String],
    is_bookmarked: bool,
) -> Result<Vec<i64>, Error> {
    let found = rows.all(BOOKMARKED, [ids.to_vec().into(), is_bookmarked.into()]).await?;
    found.iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// Whether these posts are marked, by id.
pub async fn bookmarks(
    rows: &TenantDb<'_>,
    ids: &[String],
    items: Vec<i64>,
) -> Result<Vec<(i64, bool)>, Error> {
    let found = rows.all(BOOKMARKS, [ids.to_vec().into(), items.into()]).await?;
    found.iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "bookmarked")?))).collect()
}
