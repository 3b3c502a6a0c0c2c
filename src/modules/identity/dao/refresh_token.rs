//! SQL of refresh tokens, known by their hashes only. Whoever changes one holds its session's row.

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait as _;

use super::statement;
use crate::core::db::Db;
use crate::core::error::Error;

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

/// Marks a token as used; whether it was unused and in time.
pub(in super::super) async fn use_up(db: &Db<'_>, hash: &[u8]) -> Result<bool, Error> {
    let sql = "UPDATE identity_refresh_token SET used_at = now() \
               WHERE token_hash = $1 AND used_at IS NULL AND expires_at > now()";
    Ok(db.execute_raw(statement(sql, [hash.to_vec().into()])).await?.rows_affected() == 1)
}

/// Whether a token was used before.
pub(in super::super) async fn is_used(db: &Db<'_>, hash: &[u8]) -> Result<bool, Error> {
    let sql = "SELECT FROM identity_refresh_token WHERE token_hash = $1 AND used_at IS NOT NULL";
    Ok(db.query_one_raw(statement(sql, [hash.to_vec().into()])).await?.is_some())
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
