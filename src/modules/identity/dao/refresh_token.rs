//! SQL of refresh tokens, known by their hashes only. Whoever changes one holds its session's row.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, QueryResult};

use super::super::entity::StoredToken;
use super::statement;
use crate::core::db::Db;
use crate::core::error::Error;

/// For how long a used token gives the same answer again: two windows of a browser may refresh at once,
/// and an answer may be lost.
const REPEATABLE_SECS: f64 = 30.0;

/// Stores a token of a session.
pub(in super::super) async fn insert(
    db: &Db<'_>,
    sid: &str,
    hash: Vec<u8>,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    let sql =
        "INSERT INTO identity_refresh_token (token_hash, sid, expires_at) VALUES ($1, $2, $3)";
    db.execute_raw(statement(sql, [hash.into(), sid.into(), expires_at.into()])).await?;
    Ok(())
}

/// The token; the caller holds its session's row.
pub(in super::super) async fn find(db: &Db<'_>, hash: &[u8]) -> Result<Option<StoredToken>, Error> {
    let sql = "SELECT used_at IS NOT NULL AS is_used, expires_at <= now() AS is_expired, \
               used_at > clock_timestamp() - make_interval(secs => $2) IS TRUE AS is_repeatable, \
               successor_salt FROM identity_refresh_token WHERE token_hash = $1";
    let values = [hash.to_vec().into(), REPEATABLE_SECS.into()];
    let read = |row: QueryResult| {
        Ok(StoredToken {
            is_used: row.try_get("", "is_used")?,
            is_repeatable: row.try_get("", "is_repeatable")?,
            is_expired: row.try_get("", "is_expired")?,
            successor_salt: row.try_get("", "successor_salt")?,
        })
    };
    db.query_one_raw(statement(sql, values)).await?.map(read).transpose()
}

/// Marks a token as used, and what its successor follows from.
pub(in super::super) async fn use_up(db: &Db<'_>, hash: &[u8], salt: &[u8]) -> Result<(), Error> {
    let sql = "UPDATE identity_refresh_token SET used_at = clock_timestamp(), successor_salt = $2 \
               WHERE token_hash = $1";
    db.execute_raw(statement(sql, [hash.to_vec().into(), salt.to_vec().into()])).await?;
    Ok(())
}

/// Removes the tokens of a session.
pub(in super::super) async fn delete_of(db: &Db<'_>, sid: &str) -> Result<(), Error> {
    let sql = "DELETE FROM identity_refresh_token WHERE sid = $1";
    db.execute_raw(statement(sql, [sid.into()])).await?;
    Ok(())
}

/// Removes at most `limit` tokens whose time was over at `now`; such a token is refused, known or not.
pub(in super::super) async fn delete_expired(
    db: &Db<'_>,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<u64, Error> {
    let sql = "DELETE FROM identity_refresh_token WHERE token_hash IN \
                   (SELECT token_hash FROM identity_refresh_token WHERE expires_at <= $1 LIMIT $2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [now.into(), limit.into()];
    Ok(db.execute_raw(statement(sql, values)).await?.rows_affected())
}
