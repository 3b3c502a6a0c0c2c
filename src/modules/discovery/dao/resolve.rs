//! Accounts by what other modules name them by, with their campaign profiles.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult as _, Statement};

use super::super::entity::Named;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// Table of a platform's accounts, and the column of what they are called.
fn table(platform: Platform) -> (&'static str, &'static str) {
    match platform {
        Platform::Instagram => ("instagram_account", "lower(a.handle)"),
        Platform::Youtube => ("youtube_account", "a.channel_id"),
    }
}

/// The accounts with these ids, and those that these campaign profiles are of.
pub async fn named(
    db: &Db<'_>,
    platform: Platform,
    (ids, campaign_ids): (Vec<i64>, Vec<i64>),
) -> Result<Vec<Named>, Error> {
    let (table, handle) = table(platform);
    let sql = format!(
        "SELECT a.id, {handle} AS handle, c.id AS campaign_id, \
                coalesce(c.enabled, true) AS campaign_enabled \
         FROM {table} a LEFT JOIN campaign_profiles c \
           ON c.platform = '{platform}' AND c.platform_account_id = a.id \
         WHERE a.enabled AND NOT a.deleted AND a.id IN ( \
           SELECT unnest($1::bigint[]) UNION SELECT p.platform_account_id \
           FROM campaign_profiles p WHERE p.platform = '{platform}' AND p.id = ANY($2))"
    );
    read(db, sql, [ids.into(), campaign_ids.into()]).await
}

/// The campaign profiles of the creator application with these account ids or ids.
pub async fn named_gcc(
    db: &Db<'_>,
    (ids, campaign_ids): (Vec<i64>, Vec<i64>),
) -> Result<Vec<Named>, Error> {
    let sql = "SELECT p.platform_account_id AS id, NULL::text AS handle, p.id AS campaign_id, \
                      p.enabled AS campaign_enabled \
               FROM campaign_profiles p \
               WHERE p.platform = 'GCC' AND (p.platform_account_id = ANY($1) OR p.id = ANY($2))";
    read(db, sql.to_owned(), [ids.into(), campaign_ids.into()]).await
}

/// The accounts with these handles (channel ids), the most recently updated of each.
pub async fn of_handles(
    db: &Db<'_>,
    platform: Platform,
    handles: Vec<String>,
) -> Result<Vec<(String, i64)>, Error> {
    let (table, handle) = table(platform);
    let sql = format!(
        "SELECT DISTINCT ON ({handle}) {handle} AS handle, a.id FROM {table} a \
         WHERE a.enabled AND NOT a.deleted AND {handle} = ANY($1) \
         ORDER BY {handle}, a.updated_at DESC"
    );
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [handles.into()]);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok((row.try_get("", "handle")?, row.try_get("", "id")?))).collect()
}

async fn read(db: &Db<'_>, sql: String, values: [sea_orm::Value; 2]) -> Result<Vec<Named>, Error> {
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let rows = db.query_all_raw(statement).await?;
    rows.iter().map(|row| Ok(Named::from_query_result(row, "")?)).collect()
}
