//! What measuring asks of collections.

use sea_orm::prelude::Json;
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::core::db::{Db, TenantDb, TenantSql};
use crate::core::error::Error;

const FOUND: TenantSql = TenantSql::of_scope(
    "SELECT c.id::text AS id, c.disabled_metrics FROM profile_collection c \
     WHERE c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($3) AND c.enabled",
);

const HIDDEN: TenantSql = TenantSql::of_scope(
    "SELECT DISTINCT coalesce(instagram.ig_id, youtube.channel_id) AS id \
     FROM profile_collection c \
     JOIN profile_collection_item i ON i.profile_collection_id = c.id AND i.enabled AND i.hidden \
     LEFT JOIN instagram_account instagram \
         ON i.platform = 'INSTAGRAM' AND instagram.id = i.platform_account_code \
     LEFT JOIN youtube_account youtube \
         ON i.platform = 'YOUTUBE' AND youtube.id = i.platform_account_code \
     WHERE c.partner_id BETWEEN $1 AND $2 AND c.id = ANY($3) \
       AND coalesce(instagram.ig_id, youtube.channel_id) IS NOT NULL",
);

const SHARED: &str = "SELECT id, partner_id, share_enabled FROM shared_profile_collection($1)";

const FEATURED: &str = "SELECT partner_id FROM featured_profile_collection($1)";

/// The enabled ones among these, with their disabled metrics, in no order.
pub async fn found(rows: &TenantDb<'_>, ids: &[i64]) -> Result<Vec<(String, Json)>, Error> {
    let found = rows.all(FOUND, [ids.to_vec().into()]).await?;
    let pair = |row: sea_orm::QueryResult| {
        Ok((row.try_get("", "id")?, row.try_get("", "disabled_metrics")?))
    };
    found.into_iter().map(pair).collect()
}

/// The platforms' own ids of the hidden accounts of these.
pub async fn hidden_accounts(rows: &TenantDb<'_>, ids: &[i64]) -> Result<Vec<String>, Error> {
    let found = rows.all(HIDDEN, [ids.to_vec().into()]).await?;
    found.into_iter().map(|row| Ok(row.try_get("", "id")?)).collect()
}

/// Id, owner and whether it is shared, of what a share id stands for.
pub async fn shared(db: &Db<'_>, share_id: &str) -> Result<Option<(i64, i64, bool)>, Error> {
    let row = db.query_one_raw(statement(SHARED, share_id.into())).await?;
    let read = |row: sea_orm::QueryResult| {
        let (id, owner) = (row.try_get("", "id")?, row.try_get("", "partner_id")?);
        Ok((id, owner, row.try_get("", "share_enabled")?))
    };
    row.map(read).transpose()
}

/// Owner of a featured collection.
pub async fn featured(db: &Db<'_>, id: i64) -> Result<Option<i64>, Error> {
    let row = db.query_one_raw(statement(FEATURED, id.into())).await?;
    Ok(row.map(|row| row.try_get("", "partner_id")).transpose()?)
}

fn statement(sql: &str, value: sea_orm::Value) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, [value])
}
