//! SQL of failed attempts to sign in.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait as _, QueryResult, Value};

use super::super::entity::{Count, Counts, Origin};
use super::statement;
use crate::core::db::Db;
use crate::core::error::Error;

/// The order in which rows are locked, which is the same for everybody.
const ROWS: &str = "\
    (VALUES (1, ''::bytea, $2), (2, $1, $2), (3, $1, '')) AS wanted (scope, person, network)";

/// Counts of an attempt, and the time of the database.
pub(in super::super) async fn read(
    db: &Db<'_>,
    origin: &Origin,
) -> Result<(Counts, DateTime<Utc>), Error> {
    let sql = format!(
        "SELECT scope, failures, blocked_until, familiar_until, told_at, updated_at, \
                clock_timestamp() AS now \
         FROM {ROWS} LEFT JOIN identity_attempt USING (person, network)"
    );
    counts(db.query_all_raw(statement(&sql, keys(origin))).await?)
}

/// The same with the rows locked until the end of the transaction; those that are missing are made.
pub(in super::super) async fn hold(
    db: &Db<'_>,
    origin: &Origin,
) -> Result<(Counts, DateTime<Utc>), Error> {
    let make = format!(
        "INSERT INTO identity_attempt (person, network) \
         SELECT person, network FROM {ROWS} ORDER BY scope ON CONFLICT DO NOTHING"
    );
    db.execute_raw(statement(&make, keys(origin))).await?;
    let sql = format!(
        "SELECT scope, failures, blocked_until, familiar_until, told_at, updated_at, \
                clock_timestamp() AS now \
         FROM identity_attempt JOIN {ROWS} USING (person, network) \
         ORDER BY scope FOR UPDATE OF identity_attempt"
    );
    counts(db.query_all_raw(statement(&sql, keys(origin))).await?)
}

fn keys(origin: &Origin) -> [Value; 2] {
    [origin.person.clone().into(), origin.place.clone().into()]
}

fn counts(rows: Vec<QueryResult>) -> Result<(Counts, DateTime<Utc>), Error> {
    let (mut counts, mut now) = (Counts::default(), Utc::now());
    for row in rows {
        let count = Count {
            failures: row.try_get::<Option<i32>>("", "failures")?.unwrap_or_default(),
            blocked_until: row.try_get("", "blocked_until")?,
            familiar_until: row.try_get("", "familiar_until")?,
            told_at: row.try_get("", "told_at")?,
            updated_at: row.try_get("", "updated_at")?,
        };
        now = row.try_get("", "now")?;
        match row.try_get::<i32>("", "scope")? {
            1 => counts.place = count,
            2 => counts.pair = count,
            _ => counts.person = count,
        }
    }
    Ok((counts, now))
}

/// Stores the counts of rows that are held.
pub(in super::super) async fn store(
    db: &Db<'_>,
    origin: &Origin,
    counts: &Counts,
) -> Result<(), Error> {
    let sql = "UPDATE identity_attempt SET failures = new.failures, \
                   blocked_until = new.blocked_until, familiar_until = new.familiar_until, \
                   told_at = new.told_at, updated_at = new.updated_at \
               FROM (VALUES \
                   (''::bytea, $2, $3, $4, NULL::timestamptz, NULL::timestamptz, $5), \
                   ($1, $2, $6, $7, $8, NULL, $9), \
                   ($1, '', $10, $11, NULL, $12, $13) \
               ) AS new (person, network, failures, blocked_until, familiar_until, told_at, updated_at) \
               WHERE identity_attempt.person = new.person AND identity_attempt.network = new.network";
    let Counts { place, pair, person } = counts;
    let [key, network] = keys(origin);
    let values: [Value; 13] = [
        key,
        network,
        place.failures.into(),
        place.blocked_until.into(),
        place.updated_at.into(),
        pair.failures.into(),
        pair.blocked_until.into(),
        pair.familiar_until.into(),
        pair.updated_at.into(),
        person.failures.into(),
        person.blocked_until.into(),
        person.told_at.into(),
        person.updated_at.into(),
    ];
    db.execute_raw(statement(sql, values)).await?;
    Ok(())
}

/// Forgets the attempts for a person.
pub(in super::super) async fn forget(db: &Db<'_>, person: &[u8]) -> Result<(), Error> {
    let sql = "DELETE FROM identity_attempt WHERE person = $1";
    db.execute_raw(statement(sql, [person.to_vec().into()])).await?;
    Ok(())
}

/// Removes at most `limit` counts that matter to nobody any more: untouched since `before`, neither
/// blocking nor familiar at `now`.
pub(in super::super) async fn delete_old(
    db: &Db<'_>,
    (before, now): (DateTime<Utc>, DateTime<Utc>),
    limit: u64,
) -> Result<u64, Error> {
    let sql = "DELETE FROM identity_attempt WHERE (person, network) IN ( \
                   SELECT person, network FROM identity_attempt \
                   WHERE updated_at <= $1 AND coalesce(blocked_until, '-infinity') <= $2 \
                     AND coalesce(familiar_until, '-infinity') <= $2 \
                   LIMIT $3 FOR UPDATE SKIP LOCKED)";
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let values = [before.into(), now.into(), limit.into()];
    Ok(db.execute_raw(statement(sql, values)).await?.rows_affected())
}
