//! SQL of people and their accounts.

use sea_orm::{ConnectionTrait as _, QueryResult, Value};

use super::super::dto::{NewUser, UserRef};
use super::super::entity::{Credentials, Identity, UserRow};
use super::statement;
use crate::core::db::{Db, violated_constraint};
use crate::core::error::{Code, Error};
use crate::core::types::address_key;

/// The account with the lowest id is the one that a person signs in to. An address without a key is known
/// as it was typed only: another person's has the same key.
const BY_EMAIL: &str = "\
    SELECT u.id AS user_id, u.name AS user_name, u.password_hash, \
           a.id AS account_id, a.partner_id \
    FROM identity_user u \
    LEFT JOIN LATERAL (SELECT id, partner_id FROM identity_account \
                       WHERE user_id = u.id AND enabled ORDER BY id LIMIT 1) a ON true \
    WHERE u.email_key = $2 OR u.email_key IS NULL AND lower(u.email) = lower($1) \
    ORDER BY u.email_key IS NULL DESC, u.id LIMIT 1";

/// Locks the person, so that a change meanwhile comes first. Whether a password fits was found out
/// without a lock, which takes a while: it is worth nothing if the person has got another one or was
/// disabled meanwhile.
const STILL: &str = "\
    SELECT enabled AND password_hash IS NOT DISTINCT FROM $2 AS same \
    FROM identity_user WHERE id = $1 FOR NO KEY UPDATE";

const LIST: &str = "\
    SELECT u.id AS user_id, u.email, u.name, u.enabled, \
           t.failed_logins, t.locked_until, \
           u.password_hash IS NOT NULL AS has_password, a.id AS account_id, a.partner_id \
    FROM identity_user u LEFT JOIN identity_account a ON a.user_id = u.id AND a.enabled \
    CROSS JOIN LATERAL ( \
        SELECT coalesce(max(failures) FILTER (WHERE network = ''), 0) AS failed_logins, \
               max(blocked_until) AS locked_until \
        FROM identity_attempt WHERE person = sha256(convert_to(u.email_key, 'UTF8')) \
    ) t \
    WHERE ($1::bigint IS NULL OR a.partner_id = $1) AND ($2::bigint IS NULL OR u.id = $2) \
      AND ($3::text IS NULL OR u.email_key = $4 \
           OR u.email_key IS NULL AND lower(u.email) = lower($3)) \
    ORDER BY u.id, a.id";

/// The person with an e-mail address, in any case.
pub(in super::super) async fn by_email(
    db: &Db<'_>,
    email: &str,
) -> Result<Option<Credentials>, Error> {
    let values = [email.into(), address_key(email).into()];
    let row = db.query_one_raw(statement(BY_EMAIL, values)).await?;
    let read = |row: &QueryResult| {
        let user_id = row.try_get("", "user_id")?;
        Ok(Credentials {
            user_id,
            password_hash: row.try_get("", "password_hash")?,
            identity: Identity {
                user_id: Some(user_id),
                user_name: row.try_get::<Option<String>>("", "user_name")?.map(Into::into),
                account_id: row.try_get("", "account_id")?,
                partner_id: row.try_get("", "partner_id")?,
            },
        })
    };
    row.as_ref().map(read).transpose()
}

/// Whether a person, locked from now on, is enabled and still has this password.
pub(in super::super) async fn is_still(
    db: &Db<'_>,
    user_id: i64,
    password_hash: Option<String>,
) -> Result<bool, Error> {
    let row = db.query_one_raw(statement(STILL, [user_id.into(), password_hash.into()])).await?;
    row.map_or(Ok(false), |row| Ok(row.try_get("", "same")?))
}

/// Has the transaction's commit not wait for the disk.
pub(in super::super) async fn commit_lazily(db: &Db<'_>) -> Result<(), Error> {
    let sql = "SELECT set_config('synchronous_commit', 'off', true)";
    db.query_one_raw(statement(sql, [])).await?;
    Ok(())
}

/// Creates a person with an account; user id and account id.
pub(in super::super) async fn insert(
    db: &Db<'_>,
    new: &NewUser,
    password_hash: String,
) -> Result<(i64, i64), Error> {
    let email: Value = new.email.clone().into();
    let user = "INSERT INTO identity_user (email, email_key, name, password_hash, id) \
                VALUES ($1, $2, $3, $4, coalesce($5, nextval('identity_user_id_seq'))) RETURNING id";
    let key = address_key(&new.email).into();
    let values = [email, key, new.name.clone().into(), password_hash.into(), new.user_id.into()];
    let row = db.query_one_raw(statement(user, values)).await;
    let user_id = id(row.map_err(|error| match violated_constraint(&error) {
        Some("identity_user_email_key" | "identity_user_address_key") => {
            Error::refused(Code::AlreadyExists, "another user has this e-mail address")
        }
        Some(_) => Error::refused(Code::AlreadyExists, "another user has this id"),
        None => error.into(),
    })?)?;
    let account = "INSERT INTO identity_account (user_id, partner_id, name, id) \
                   VALUES ($1, $2, $3, coalesce($4, nextval('identity_account_id_seq'))) \
                   RETURNING id";
    let values: [Value; 4] =
        [user_id.into(), new.partner_id.into(), new.name.clone().into(), new.account_id.into()];
    let row = db.query_one_raw(statement(account, values)).await;
    let account_id = id(row.map_err(|error| match violated_constraint(&error) {
        Some("identity_account_partner_id_fkey") => {
            Error::not_found(format!("there is no partner {}", new.partner_id.unwrap_or_default()))
        }
        Some(_) => Error::refused(Code::AlreadyExists, "another account has this id"),
        None => error.into(),
    })?)?;
    Ok((user_id, account_id))
}

fn id(row: Option<QueryResult>) -> Result<i64, Error> {
    let row = row.ok_or_else(|| Error::internal("postgresql", "no row was returned"))?;
    Ok(row.try_get("", "id")?)
}

/// Creates the user if there is none with this id.
pub(in super::super) async fn ensure(db: &Db<'_>, id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO identity_user (id, email, email_key, name) \
               VALUES ($1, $2, $2, $3) ON CONFLICT (id) DO NOTHING";
    let email = format!("user-{id}@localhost");
    db.execute_raw(statement(sql, [id.into(), email.into(), id.to_string().into()])).await?;
    Ok(())
}

/// People with their accounts, of one tenant or of all.
pub(in super::super) async fn list(
    db: &Db<'_>,
    partner_id: Option<i64>,
) -> Result<Vec<UserRow>, Error> {
    rows(db, [partner_id.into(), Value::BigInt(None), Value::String(None), Value::String(None)])
        .await
}

/// One person with their accounts; empty when there is none.
pub(in super::super) async fn find(db: &Db<'_>, user: &UserRef) -> Result<Vec<UserRow>, Error> {
    let (id, email) = match user {
        UserRef::Id(id) => (Some(*id), None),
        UserRef::Email(email) => (None, Some(email.clone())),
    };
    let key = email.as_deref().map(address_key);
    rows(db, [Value::BigInt(None), id.into(), email.into(), key.into()]).await
}

async fn rows(db: &Db<'_>, values: [Value; 4]) -> Result<Vec<UserRow>, Error> {
    let read = |row: QueryResult| {
        Ok(UserRow {
            user_id: row.try_get("", "user_id")?,
            email: row.try_get("", "email")?,
            name: row.try_get("", "name")?,
            enabled: row.try_get("", "enabled")?,
            has_password: row.try_get("", "has_password")?,
            failed_logins: row.try_get("", "failed_logins")?,
            locked_until: row.try_get("", "locked_until")?,
            account_id: row.try_get("", "account_id")?,
            partner_id: row.try_get("", "partner_id")?,
        })
    };
    let rows = db.query_all_raw(statement(LIST, values)).await?;
    rows.into_iter().map(read).collect()
}

/// Lets a person sign in, or not.
pub(in super::super) async fn set_enabled(
    db: &Db<'_>,
    user_id: i64,
    enabled: bool,
) -> Result<(), Error> {
    let sql = "UPDATE identity_user SET enabled = $2, updated_at = now() WHERE id = $1";
    db.execute_raw(statement(sql, [user_id.into(), enabled.into()])).await?;
    Ok(())
}

/// Gives a person another password.
pub(in super::super) async fn set_password(
    db: &Db<'_>,
    user_id: i64,
    password_hash: String,
) -> Result<(), Error> {
    let sql = "UPDATE identity_user SET password_hash = $2, updated_at = now() WHERE id = $1";
    db.execute_raw(statement(sql, [user_id.into(), password_hash.into()])).await?;
    Ok(())
}

/// Stores the same password in its present form.
pub(in super::super) async fn renew_hash(
    db: &Db<'_>,
    user_id: i64,
    password_hash: String,
) -> Result<(), Error> {
    let sql = "UPDATE identity_user SET password_hash = $2, updated_at = now() WHERE id = $1";
    db.execute_raw(statement(sql, [user_id.into(), password_hash.into()])).await?;
    Ok(())
}

/// Addresses without a key, in the order of their ids.
pub(in super::super) async fn without_key(
    db: &Db<'_>,
    after: i64,
    limit: u64,
) -> Result<Vec<(i64, String)>, Error> {
    let sql = "SELECT id, email FROM identity_user \
               WHERE email_key IS NULL AND email IS NOT NULL AND id > $1 ORDER BY id LIMIT $2";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let rows = db.query_all_raw(statement(sql, [after.into(), limit.into()])).await?;
    rows.into_iter().map(|row| Ok((row.try_get("", "id")?, row.try_get("", "email")?))).collect()
}

/// Stores the key of an address, unless another person has it.
pub(in super::super) async fn set_key(db: &Db<'_>, id: i64, key: &str) -> Result<bool, Error> {
    let sql = "UPDATE identity_user SET email_key = $2 WHERE id = $1 \
               AND NOT EXISTS (SELECT FROM identity_user WHERE email_key = $2)";
    let done = db.execute_raw(statement(sql, [id.into(), key.into()])).await?;
    Ok(done.rows_affected() == 1)
}
