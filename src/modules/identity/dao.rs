//! SQL of the identity tables.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::service::{Identity, NewSession};
use crate::core::db::Db;
use crate::core::error::Error;

const LIVE_SESSION: &str = "\
    SELECT u.id AS user_id, u.name AS user_name, a.id AS account_id, a.partner_id \
    FROM identity_session s \
    JOIN identity_account a ON a.id = s.account_id AND a.enabled \
    JOIN identity_user u ON u.id = a.user_id AND u.enabled \
    WHERE s.sid = $1 AND s.ended_at IS NULL AND s.expires_at > now()";

/// Who a session that is alive belongs to.
pub(super) async fn live_session(db: &Db<'_>, sid: &str) -> Result<Option<Identity>, Error> {
    let Some(row) = db.query_one_raw(statement(LIVE_SESSION, [sid.into()])).await? else {
        return Ok(None);
    };
    Ok(Some(Identity {
        user_id: row.try_get("", "user_id")?,
        user_name: row.try_get::<Option<String>>("", "user_name")?.map(Into::into),
        account_id: row.try_get("", "account_id")?,
        partner_id: row.try_get("", "partner_id")?,
    }))
}

/// Creates the user if there is none with this id.
pub(super) async fn ensure_user(db: &Db<'_>, id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO identity_user (id, email, name) \
               VALUES ($1, $2, $3) ON CONFLICT (id) DO NOTHING";
    let email = format!("user-{id}@localhost");
    db.execute_raw(statement(sql, [id.into(), email.into(), id.to_string().into()])).await?;
    Ok(())
}

/// Creates the account if there is none with this id; its user and partner.
pub(super) async fn ensure_account(
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
pub(super) async fn insert_session(db: &Db<'_>, new: &NewSession) -> Result<(), Error> {
    let sql = "INSERT INTO identity_session (sid, account_id, expires_at) VALUES ($1, $2, $3)";
    let values: [Value; 3] = [new.sid.clone().into(), new.account_id.into(), new.expires_at.into()];
    db.execute_raw(statement(sql, values)).await?;
    Ok(())
}

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
