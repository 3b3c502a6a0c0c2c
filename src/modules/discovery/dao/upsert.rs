//! Accounts that somebody delivered, many at a time: locked, merged by the caller, written once.
//!
//! One statement is for one account and for hundreds, in a table that may have grown since it was analysed:
//! those that look for accounts are planned each time.

use std::collections::HashMap;

use sea_orm::prelude::DateTimeUtc;
use sea_orm::{
    ConnectionTrait as _, DbBackend, DbErr, FromQueryResult as _, QueryResult, Statement, Value,
};
use serde::Serialize;

use super::super::entity::facts::{DerivedColumns, Facts, Rest};
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// An account that the transaction holds.
#[derive(Debug, Clone)]
pub struct Stored<F> {
    pub id: i64,
    pub updated_at: DateTimeUtc,
    pub facts: F,
    pub rest: Rest,
}

/// What is to be written of an account.
#[derive(Debug, Serialize)]
pub struct Written<'a, F> {
    /// Of one that is stored.
    pub id: Option<i64>,
    #[serde(flatten)]
    pub facts: &'a F,
    #[serde(flatten)]
    pub derived: Option<DerivedColumns>,
}

/// The accounts with these ids of the platform, and those without id that have one of these handles (in lower
/// case), until the commit changed by nobody else. Locks them by their ids of ours, so that two who want the
/// same ones wait for each other in one direction.
pub async fn lock<F: Facts>(
    tx: &Db<'_>,
    keys: Vec<String>,
    handles: Vec<String>,
) -> Result<Vec<Stored<F>>, Error> {
    let (table, key) = (table(F::PLATFORM), key(F::PLATFORM));
    let facts = names(F::COLUMNS);
    let mut values: Vec<Value> = vec![keys.into()];
    let (rest, nameless) = match F::PLATFORM {
        Platform::Instagram => {
            values.push(handles.into());
            let nameless = "UNION ALL SELECT id FROM instagram_account \
                            WHERE lower(handle) = ANY($2) AND ig_id LIKE 'MISSING%'";
            ("NULL::text AS username", nameless)
        }
        Platform::Youtube => ("username, avg_views", ""),
    };
    let sql = format!(
        "SELECT id, updated_at, {facts}, email, phone, gender, languages, {rest} FROM {table} \
         WHERE id = ANY (ARRAY(SELECT id FROM {table} WHERE {key} = ANY($1) {nameless})) \
         ORDER BY id FOR UPDATE"
    );
    let rows = tx.planned_by_values().query_all_raw(statement(&sql, values)).await?;
    Ok(rows.iter().map(stored).collect::<Result<_, _>>()?)
}

fn stored<F: Facts>(row: &QueryResult) -> Result<Stored<F>, DbErr> {
    Ok(Stored {
        id: row.try_get("", "id")?,
        updated_at: row.try_get("", "updated_at")?,
        facts: F::from_query_result(row, "")?,
        rest: Rest::from_query_result(row, "")?,
    })
}

/// Stores accounts that are new, with their profile codes: their ids by the platform's. Those that somebody
/// else stored meanwhile are left out. `accounts` are in the order of the platform's ids, so that two who store
/// the same ones wait for each other in one direction.
pub async fn insert<F: Facts>(
    tx: &Db<'_>,
    accounts: &[Written<'_, F>],
) -> Result<HashMap<String, i64>, Error> {
    if accounts.is_empty() {
        return Ok(HashMap::new());
    }
    let (table, code) = (table(F::PLATFORM), F::PLATFORM.code());
    let key = key(F::PLATFORM);
    let columns = columns::<F>(true);
    let (names, typed) = (names(&columns), typed(&columns));
    // The id is drawn first because the profile codes contain it.
    let sql = format!(
        "INSERT INTO {table} (id, profile_id, gcc_profile_id, {names}) \
         SELECT id, '{code}_' || id, '{code}_' || id, {names} \
         FROM (SELECT nextval('{table}_id_seq') AS id, account.* \
               FROM json_to_recordset($1::json) AS account ({typed})) next \
         ON CONFLICT ({key}) DO NOTHING RETURNING id, {key} AS key"
    );
    let rows = tx.query_all_raw(statement(&sql, vec![json(accounts)?])).await?;
    rows.iter().map(|row| Ok((row.try_get("", "key")?, row.try_get("", "id")?))).collect()
}

/// Writes accounts that the transaction holds. With what follows from them they are shown, too; else that
/// stays as it is.
pub async fn update<F: Facts>(
    tx: &Db<'_>,
    accounts: &[Written<'_, F>],
    with_derived: bool,
) -> Result<(), Error> {
    if accounts.is_empty() {
        return Ok(());
    }
    let (table, code) = (table(F::PLATFORM), F::PLATFORM.code());
    let columns = columns::<F>(with_derived);
    let set: Vec<String> =
        columns.iter().map(|(name, _)| format!("{name} = written.{name}")).collect();
    let (set, typed) = (set.join(", "), typed(&columns));
    let shown = if with_derived { "enabled = true, deleted = false," } else { "" };
    let sql = format!(
        "UPDATE {table} account SET {set}, {shown} updated_at = now(), \
             profile_id = coalesce(nullif(account.profile_id, ''), '{code}_' || account.id), \
             gcc_profile_id = coalesce(nullif(account.gcc_profile_id, ''), '{code}_' || account.id) \
         FROM json_to_recordset($1::json) AS written (id bigint, {typed}) WHERE account.id = written.id"
    );
    tx.planned_by_values().execute_raw(statement(&sql, vec![json(accounts)?])).await?;
    Ok(())
}

/// Fills the profile codes of an account that lacks them.
pub async fn fill_profile_codes(tx: &Db<'_>, platform: Platform, id: i64) -> Result<(), Error> {
    let sql = format!(
        "UPDATE {} SET updated_at = now(), profile_id = coalesce(nullif(profile_id, ''), $2), \
             gcc_profile_id = coalesce(nullif(gcc_profile_id, ''), $2) WHERE id = $1",
        table(platform)
    );
    let values = vec![id.into(), platform.profile_code(id).into()];
    tx.execute_raw(statement(&sql, values)).await?;
    Ok(())
}

fn table(platform: Platform) -> &'static str {
    match platform {
        Platform::Instagram => "instagram_account",
        Platform::Youtube => "youtube_account",
    }
}

/// Column of the platform's id.
fn key(platform: Platform) -> &'static str {
    match platform {
        Platform::Instagram => "ig_id",
        Platform::Youtube => "channel_id",
    }
}

type Column = (&'static str, &'static str);

fn columns<F: Facts>(with_derived: bool) -> Vec<Column> {
    let derived = if with_derived { DerivedColumns::COLUMNS } else { &[] };
    [F::COLUMNS, derived].concat()
}

fn names(columns: &[Column]) -> String {
    columns.iter().map(|(name, _)| *name).collect::<Vec<_>>().join(", ")
}

fn typed(columns: &[Column]) -> String {
    let typed: Vec<String> = columns.iter().map(|(name, kind)| format!("{name} {kind}")).collect();
    typed.join(", ")
}

fn json<F: Facts>(accounts: &[Written<'_, F>]) -> Result<Value, Error> {
    let text = serde_json::to_string(accounts);
    text.map(Value::from).map_err(|error| Error::internal("account", error))
}

fn statement(sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
