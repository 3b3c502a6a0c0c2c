//! SQL of post collections.

pub mod collection;
pub mod item;
pub mod measured;

use crate::core::db::{TenantDb, TenantSql};
use crate::core::error::Error;

const OWNED: TenantSql = TenantSql::of_partner(
    "SELECT id FROM post_collection WHERE partner_id = $1 AND id = ANY($2) AND enabled",
);

/// Which of these ids are enabled collections of the partner.
pub(super) async fn owned(
    tenant: &TenantDb<'_>,
    partner_id: i64,
    ids: &[String],
) -> Result<Vec<String>, Error> {
    let rows = tenant.narrowed(partner_id)?.all(OWNED, [ids.to_vec().into()]).await?;
    rows.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}
