//! What staff find accounts by: read and written in batches.

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult, Statement};

use super::super::entity::search_phrase::{Phrase, SearchedBy};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// Accounts of one transaction.
const BATCH: i64 = 500;

/// The next accounts after an id, also those that callers do not see.
pub async fn accounts(
    db: &Db<'_>,
    platform: Platform,
    after: i64,
) -> Result<Vec<SearchedBy>, Error> {
    let (table, columns) = match platform {
        Platform::Instagram => ("instagram_account", "a.name, a.handle, NULL::text AS channel_id"),
        Platform::Youtube => {
            ("youtube_account", "a.title AS name, a.username AS handle, a.channel_id")
        }
    };
    let sql = format!(
        "SELECT a.id, a.xmin::text AS version, {columns}, a.keywords_admin AS keywords, \
                a.search_phrase_admin AS phrase, c.admin_details, c.user_details \
         FROM {table} a LEFT JOIN campaign_profiles c \
           ON c.platform = $1 AND c.platform_account_id = a.id \
         WHERE a.id > $2 ORDER BY a.id LIMIT {BATCH}"
    );
    let values = [platform.name().into(), after.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    Ok(SearchedBy::find_by_statement(statement).all(db).await?)
}

/// Stores what accounts are found by; one that was changed meanwhile got it from that change. The
/// number of accounts.
pub async fn write(db: &Db<'_>, platform: Platform, phrases: &[Phrase]) -> Result<u64, Error> {
    let table = match platform {
        Platform::Instagram => "instagram_account",
        Platform::Youtube => "youtube_account",
    };
    let sql = format!(
        "UPDATE {table} a SET keywords_admin = n.keywords, search_phrase_admin = n.phrase \
         FROM jsonb_to_recordset($1) AS n (id bigint, version text, keywords text[], phrase text) \
         WHERE a.id = n.id AND a.xmin::text = n.version"
    );
    let phrases = serde_json::to_value(phrases);
    let phrases = phrases.map_err(|error| Error::internal("search phrases", error))?;
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [phrases.into()]);
    Ok(db.execute_raw(statement).await?.rows_affected())
}
