//! Accounts that changed since the search table was told.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use super::super::entity::Change;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// Changes that are counted at most.
const COUNTED: i64 = 10_001;

/// The oldest changes, at most `most` of them.
pub(in super::super) async fn take(db: &Db<'_>, most: u32) -> Result<Vec<Change>, Error> {
    let sql =
        "SELECT platform, account_id, change FROM profile_search_change ORDER BY change LIMIT $1";
    let select = Statement::from_sql_and_values(DbBackend::Postgres, sql, [i64::from(most).into()]);
    let rows = db.query_all_raw(select).await?;
    let read = |row: &sea_orm::QueryResult| {
        let platform: String = row.try_get("", "platform")?;
        let platform = Platform::parse(&platform)
            .ok_or_else(|| Error::internal("profile search", "a change on no platform"))?;
        Ok(Change {
            platform,
            account_id: row.try_get("", "account_id")?,
            change: row.try_get("", "change")?,
        })
    };
    rows.iter().map(read).collect()
}

/// Forgets changes that the search table has; an account that changed again meanwhile stays, also one that
/// somebody is changing now: who waited for them, holding others, could have them wait in a circle.
pub(in super::super) async fn taken(db: &Db<'_>, changes: &[Change]) -> Result<(), Error> {
    let sql = "DELETE FROM profile_search_change c \
               USING (SELECT held.change FROM profile_search_change held \
                      JOIN unnest($1::text[], $2::bigint[], $3::bigint[]) AS taken (platform, account_id, change) \
                      USING (platform, account_id, change) FOR UPDATE OF held SKIP LOCKED) AS done \
               WHERE c.change = done.change";
    let platforms: Vec<String> =
        changes.iter().map(|change| change.platform.name().to_owned()).collect();
    let ids: Vec<i64> = changes.iter().map(|change| change.account_id).collect();
    let numbers: Vec<i64> = changes.iter().map(|change| change.change).collect();
    let values = [platforms.into(), ids.into(), numbers.into()];
    db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// Has the search table told of an account once more, unless it waits already; whether it did not. One by one,
/// so that nobody who changes several accounts waits in a circle.
pub(in super::super) async fn announce(
    db: &Db<'_>,
    platform: Platform,
    id: i64,
) -> Result<bool, Error> {
    let sql = "INSERT INTO profile_search_change (platform, account_id) VALUES ($1, $2) \
               ON CONFLICT DO NOTHING";
    let values = [platform.name().into(), id.into()];
    let done = db.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values));
    Ok(done.await?.rows_affected() > 0)
}

/// When the oldest change was made that the search table does not have.
pub(in super::super) async fn oldest(db: &Db<'_>) -> Result<Option<DateTime<Utc>>, Error> {
    let sql = "SELECT changed_at FROM profile_search_change ORDER BY change LIMIT 1";
    let row = db.query_one_raw(Statement::from_string(DbBackend::Postgres, sql)).await?;
    Ok(row.map(|row| row.try_get("", "changed_at")).transpose()?)
}

/// How many changes the search table does not have, counted up to 10,001.
pub(in super::super) async fn waiting(db: &Db<'_>) -> Result<i64, Error> {
    let sql =
        "SELECT count(*) AS waiting FROM (SELECT FROM profile_search_change LIMIT $1) AS counted";
    let select = Statement::from_sql_and_values(DbBackend::Postgres, sql, [COUNTED.into()]);
    let row = db.query_one_raw(select).await?;
    Ok(row.map(|row| row.try_get("", "waiting")).transpose()?.unwrap_or_default())
}
