//! SQL of sessions and of the accounts that they belong to.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, QueryResult, Value};

use super::super::dto::NewSession;
use super::super::entity::{Identity, RefreshedSession};
use super::statement;
use crate::core::db::Db;
use crate::core::error::Error;

const LIVE_SESSION: &str = "\
    SELECT u.id AS user_id, u.name AS user_name, a.id AS account_id, a.partner_id \
    FROM identity_session s \
    JOIN identity_account a ON a.id = s.account_id AND a.enabled \
    JOIN identity_user u ON u.id = a.user_id AND u.enabled \
    WHERE s.sid = $1 AND s.ended_at IS NULL AND s.expires_at > now()";

/// Locks the session: refreshing and signing out happen one after the other.
const OF_REFRESH_TOKEN: &str = "\
    SELECT s.sid, u.id AS user_id, u.name AS user_name, a.id AS account_id, a.partner_id, \
           s.ended_at IS NULL AND s.expires_at > now() AND a.enabled AND u.enabled AS alive \
    FROM identity_session s \
    JOIN identity_account a ON a.id = s.account_id \
    JOIN identity_user u ON u.id = a.user_id \
    WHERE s.sid = (SELECT t.sid FROM identity_refresh_token t WHERE t.token_hash = $1) \
    FOR UPDATE OF s";

fn identity(row: &QueryResult) -> Result<Identity, Error> {
    Ok(Identity {
        user_id: row.try_get("", "user_id")?,
        user_name: row.try_get::<Option<String>>("", "user_name")?.map(Into::into),
        account_id: row.try_get("", "account_id")?,
        partner_id: row.try_get("", "partner_id")?,
    })
}

/// Who a session that is alive belongs to.
pub(in super::super) async fn live(db: &Db<'_>, sid: &str) -> Result<Option<Identity>, Error> {
    let row = db.query_one_raw(statement(LIVE_SESSION, [sid.into()])).await?;
    row.as_ref().map(identity).transpose()
}

/// The session of a refresh token, used or not, locked until the end of the transaction.
pub(in super::super) async fn of_refresh_token(
    db: &Db<'_>,
    hash: &[u8],
) -> Result<Option<RefreshedSession>, Error> {
    let row = db.query_one_raw(statement(OF_REFRESH_TOKEN, [hash.to_vec().into()])).await?;
    let read = |row: &QueryResult| {
        Ok(RefreshedSession {
            sid: row.try_get("", "sid")?,
            identity: identity(row)?,
            alive: row.try_get("", "alive")?,
        })
    };
    row.as_ref().map(read).transpose()
}

/// Creates the account if there is none with this id; its user and partner.
pub(in super::super) async fn ensure_account(
    db: &Db<'_>,
    new: &NewSession,
) -> Result<(i64, Option<i64>), Error> {
    let insert = "INSERT INTO identity_account (id, user_id, partner_id, name) \
                  VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO NOTHING";
    let name = new.account_id.to_string();
    let values: [Value; 4] =
        [new.account_id.into(), new.user_id.into(), new.partner_id.into(), name.into()];
    db.execute_raw(statement(insert, values)).await?;
    let select = "SELECT user_id, partner_id FROM identity_account WHERE id = $1";
    let row = db.query_one_raw(statement(select, [new.account_id.into()])).await?;
    let row = row.ok_or_else(|| Error::internal("postgresql", "account vanished"))?;
    Ok((row.try_get("", "user_id")?, row.try_get("", "partner_id")?))
}

/// Stores a session.
pub(in super::super) async fn insert(
    db: &Db<'_>,
    sid: &str,
    account_id: i64,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    let sql = "INSERT INTO identity_session (sid, account_id, expires_at) VALUES ($1, $2, $3)";
    let values: [Value; 3] = [sid.into(), account_id.into(), expires_at.into()];
    db.execute_raw(statement(sql, values)).await?;
    Ok(())
}

/// Moves the end of a session.
pub(in super::super) async fn extend(
    db: &Db<'_>,
    sid: &str,
    expires_at: DateTime<Utc>,
) -> Result<(), Error> {
    let sql = "UPDATE identity_session SET expires_at = $2 WHERE sid = $1";
    db.execute_raw(statement(sql, [sid.into(), expires_at.into()])).await?;
    Ok(())
}

/// Ends a session.
pub(in super::super) async fn end(db: &Db<'_>, sid: &str) -> Result<(), Error> {
    let sql = "UPDATE identity_session SET ended_at = now() WHERE sid = $1 AND ended_at IS NULL";
    db.execute_raw(statement(sql, [sid.into()])).await?;
    Ok(())
}

/// Sessions of a user that have not ended.
pub(in super::super) async fn of_user(db: &Db<'_>, user_id: i64) -> Result<Vec<String>, Error> {
    let sql = "SELECT s.sid FROM identity_session s \
               JOIN identity_account a ON a.id = s.account_id \
               WHERE a.user_id = $1 AND s.ended_at IS NULL AND s.expires_at > now()";
    let rows = db.query_all_raw(statement(sql, [user_id.into()])).await?;
    rows.into_iter().map(|row| Ok(row.try_get("", "sid")?)).collect()
}

/// Removes the sessions of an account whose time is over, with their refresh tokens.
pub(in super::super) async fn delete_expired(db: &Db<'_>, account_id: i64) -> Result<(), Error> {
    let sql = "DELETE FROM identity_session WHERE account_id = $1 AND expires_at <= now()";
    db.execute_raw(statement(sql, [account_id.into()])).await?;
    Ok(())
}

/// Removes at most `limit` sessions whose time was over at `now`, with their refresh tokens.
pub(in super::super) async fn delete_all_expired(
    db: &Db<'_>,
    now: DateTime<Utc>,
    limit: u64,
) -> Result<u64, Error> {
    // One that was refreshed meanwhile stays.
    let sql = "DELETE FROM identity_session WHERE expires_at <= $1 AND sid IN \
                   (SELECT sid FROM identity_session WHERE expires_at <= $1 LIMIT $2)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [now.into(), limit.into()];
    Ok(db.execute_raw(statement(sql, values)).await?.rows_affected())
}
