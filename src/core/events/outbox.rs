//! The table of events that wait to be carried.

use std::collections::BTreeSet;
use std::time::Duration;

use chrono::{DateTime, Utc};
use sea_orm::ConnectionTrait as _;
use sea_orm::sqlx::{self, PgConnection, PgPool, Postgres, Row as _, Transaction};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::carrier::Uncarried;
use crate::core::db::failure;
use crate::core::error::Error;
use crate::core::stores::Stores;

/// Channel on which processes without a relay of their own tell that they committed events.
pub(super) const CHANNEL: &str = "coffee_outbox";
/// Pause between two announcements of one process.
const ANNOUNCE_PAUSE: Duration = Duration::from_millis(5);
/// Rows that the sweep counts at most.
const COUNT_LIMIT: i64 = 100_000;
/// How often a held claim shows that its process is alive.
const HEARTBEAT: Duration = Duration::from_secs(1);

/// Shards into which the order keys fall. A claim locks shards, so that nobody else carries later
/// events of an aggregate meanwhile; events without a key fall into any.
const SHARDS: i32 = 128;
/// Shards of one claim at most: while one lane waits for the broker, another one has work.
const SHARDS_AT_ONCE: i32 = SHARDS / 2;
/// First part of the advisory locks' keys, the second is the shard ("evnt" in hexadecimal).
const LOCKS: i32 = 0x6576_6e74;

/// A row that this statement still sees and somebody else has deleted is skipped when it is locked.
/// The delete becomes final when the claim is settled.
const CLAIM: &str = "
WITH waiting AS MATERIALIZED (
    SELECT (CASE order_key WHEN '' THEN id ELSE hashtext(order_key) END & ($3 - 1))::int AS shard
    FROM event_outbox WHERE failed_at IS NULL AND id > $1 AND topic <> ALL ($6)
    ORDER BY id LIMIT $2
), mine AS MATERIALIZED (
    SELECT shard FROM (SELECT DISTINCT shard FROM waiting) AS seen
    WHERE pg_try_advisory_xact_lock($5, shard) LIMIT $4
), held AS MATERIALIZED (
    SELECT id FROM event_outbox WHERE failed_at IS NULL AND id > $1 AND topic <> ALL ($6)
       AND (CASE order_key WHEN '' THEN id ELSE hashtext(order_key) END & ($3 - 1))::int
           = ANY (ARRAY(SELECT shard FROM mine))
    ORDER BY id LIMIT $2 FOR UPDATE SKIP LOCKED
), taken AS (
    DELETE FROM event_outbox o USING held h WHERE o.id = h.id
    RETURNING o.id, o.message_id, o.topic, o.order_key, o.headers, o.payload::text AS payload,
              o.attempts, o.created_at
)
SELECT EXISTS (SELECT FROM waiting) AS waiting, taken.*
FROM (SELECT) AS one LEFT JOIN taken ON true ORDER BY taken.id";

const PUT_BACK: &str = "
INSERT INTO event_outbox (id, message_id, topic, order_key, headers, payload, attempts, created_at,
                          failed_at, error)
SELECT id, message_id, topic, order_key, headers, payload::jsonb,
       attempts + (error IS NOT NULL)::int, created_at,
       CASE WHEN error IS NOT NULL THEN CURRENT_TIMESTAMP END, error
FROM unnest($1::bigint[], $2::uuid[], $3::text[], $4::text[], $5::jsonb[], $6::text[], $7::int[],
            $8::timestamptz[], $9::text[])
     AS e (id, message_id, topic, order_key, headers, payload, attempts, created_at, error)";
/// Events of one such statement.
const PUT_BACK_AT_ONCE: usize = 500;

const LAST_ID: &str = "SELECT coalesce(pg_sequence_last_value('event_outbox_id_seq'), 0)";

/// A transaction locks the table like this before it takes an id, and until it ends.
const WRITERS: &str = "
SELECT DISTINCT virtualtransaction FROM pg_locks
WHERE relation = 'event_outbox'::regclass AND mode = 'RowExclusiveLock'
  AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";

const SWEEP: &str = "
SELECT count(*), min(id), extract(epoch FROM CURRENT_TIMESTAMP - min(created_at))::float8,
       (SELECT count(*) FROM event_outbox WHERE failed_at IS NOT NULL),
       CASE WHEN $4 THEN (SELECT count(*) FROM (
           SELECT FROM event_outbox WHERE failed_at IS NULL AND topic = ANY ($3) LIMIT $2) AS held)
       END
FROM (
    SELECT id, created_at FROM event_outbox
    WHERE failed_at IS NULL AND id > $1 AND topic <> ALL ($3) ORDER BY id LIMIT $2
) AS waiting";

/// An event that waits.
#[derive(Debug, Clone)]
pub(super) struct Event {
    pub id: i64,
    pub message_id: Uuid,
    /// `exchange___routing key`.
    pub topic: String,
    /// Aggregate; empty = none.
    pub order_key: String,
    /// Object of texts.
    pub headers: Value,
    /// JSON text.
    pub payload: String,
    pub attempts: i32,
    pub created_at: DateTime<Utc>,
}

impl Event {
    /// Exchange and routing key.
    pub fn route(&self) -> Option<(&str, &str)> {
        let (exchange, key) = self.topic.split_once("___")?;
        let fits = |name: &str| !name.is_empty() && name.len() <= 255;
        (fits(exchange) && fits(key)).then_some((exchange, key))
    }
}

/// Tells other processes' relays about commits of this one; for a process without a relay. One
/// notification stands for all commits of a few milliseconds: PostgreSQL lets one transaction at a
/// time commit with a notification in it, so they do not travel with the writes themselves.
pub(super) async fn announce(stores: Stores, stop: CancellationToken) {
    let mut commits = stores.outbox.watch();
    while stop.run_until_cancelled(commits.changed()).await.is_some_and(|seen| seen.is_ok()) {
        let notify = format!("SELECT pg_notify('{CHANNEL}', '')");
        if let Err(error) = stores.db().execute_unprepared(&notify).await {
            tracing::warn!(%error, "could not wake the relay; it looks by itself within a second");
        }
        tokio::time::sleep(ANNOUNCE_PAUSE).await;
    }
}

/// Events held by this process until they are settled; dropped, they are free again.
pub(super) struct Claim {
    tx: Transaction<'static, Postgres>,
    /// In the order of their ids.
    pub events: Vec<Event>,
    /// Whether there are some, and all wait for others to settle.
    pub blocked: bool,
}

impl Claim {
    /// Takes up to `limit` events beyond the id `floor`, but those of the `held` topics.
    ///
    /// # Errors
    /// A store error.
    pub async fn take(
        pool: &PgPool,
        (floor, held): (i64, &[String]),
        limit: usize,
    ) -> Result<Self, Error> {
        let mut tx = pool.begin().await.map_err(failure)?;
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let claim = sqlx::query(CLAIM).bind(floor).bind(limit);
        let claim = claim.bind(SHARDS).bind(SHARDS_AT_ONCE).bind(LOCKS).bind(held);
        let rows = claim.fetch_all(&mut *tx).await.map_err(failure)?;
        let waiting = rows.first().map_or(Ok(false), |row| row.try_get("waiting"));
        let waiting = waiting.map_err(failure)?;
        let events = rows.iter().filter_map(|row| event(row).transpose());
        let events: Vec<Event> = events.collect::<Result<_, _>>().map_err(failure)?;
        let blocked = waiting && events.is_empty();
        Ok(Self { tx, events, blocked })
    }

    /// Runs `work` while the claim stays alive: a process that is frozen loses it.
    ///
    /// # Errors
    /// The claim is lost.
    pub async fn hold<T>(&mut self, work: impl Future<Output = T>) -> Result<T, Error> {
        tokio::pin!(work);
        loop {
            tokio::select! {
                done = &mut work => return Ok(done),
                () = tokio::time::sleep(HEARTBEAT) => {
                    let beat = sqlx::query("SELECT 1").execute(&mut *self.tx).await;
                    beat.map_err(failure)?;
                }
            }
        }
    }

    /// The events are carried but for some: those that nothing takes are kept in the table with their
    /// reason, the held ones go back to their places.
    ///
    /// # Errors
    /// The claim is lost: the events will be carried again.
    pub async fn settle(mut self, uncarried: &Uncarried) -> Result<(), Error> {
        let failed = uncarried.failed.iter().map(|(event, reason)| (event, Some(reason.as_str())));
        let left: Vec<_> = failed.chain(uncarried.held.iter().map(|event| (event, None))).collect();
        for left in left.chunks(PUT_BACK_AT_ONCE) {
            put_back(&mut self.tx, left).await.map_err(failure)?;
        }
        self.tx.commit().await.map_err(failure)
    }
}

/// Puts events back into the table; with a reason, they wait no longer.
async fn put_back(
    tx: &mut PgConnection,
    events: &[(&Event, Option<&str>)],
) -> Result<(), sqlx::Error> {
    fn each<'a, T>(
        events: &[(&'a Event, Option<&str>)],
        column: impl Fn(&'a Event) -> T,
    ) -> Vec<T> {
        events.iter().map(|(event, _)| column(event)).collect()
    }
    let reasons: Vec<Option<&str>> = events.iter().map(|(_, reason)| *reason).collect();
    let insert = sqlx::query(PUT_BACK)
        .bind(each(events, |event| event.id))
        .bind(each(events, |event| event.message_id))
        .bind(each(events, |event| event.topic.as_str()))
        .bind(each(events, |event| event.order_key.as_str()))
        .bind(each(events, |event| &event.headers))
        .bind(each(events, |event| event.payload.as_str()))
        .bind(each(events, |event| event.attempts))
        .bind(each(events, |event| event.created_at))
        .bind(reasons);
    insert.execute(tx).await.map(drop)
}

/// `None` for the row that only tells whether some wait.
fn event(row: &sqlx::postgres::PgRow) -> Result<Option<Event>, sqlx::Error> {
    let Some(id) = row.try_get("id")? else { return Ok(None) };
    Ok(Some(Event {
        id,
        message_id: row.try_get("message_id")?,
        topic: row.try_get("topic")?,
        order_key: row.try_get("order_key")?,
        headers: row.try_get("headers")?,
        payload: row.try_get("payload")?,
        attempts: row.try_get("attempts")?,
        created_at: row.try_get("created_at")?,
    }))
}

/// What waits in the table.
#[derive(Debug, Clone, Copy)]
pub(super) struct Waiting {
    /// Events, counted up to 100,000; not those of held topics.
    pub count: i64,
    /// Smallest id.
    pub first: Option<i64>,
    /// Age of the oldest in seconds.
    pub age_secs: f64,
    /// Events that are kept because nothing takes them.
    pub failed: i64,
    /// Events of held topics, counted up to 100,000; by a full look alone.
    pub held: Option<i64>,
}

/// How far ids were given out, and who may still commit some of them.
#[derive(Debug)]
pub(super) struct GivenOut {
    /// Largest id given out so far, committed or not.
    pub last_id: i64,
    /// Transactions that may have been given ids up to this one, and are not over.
    pub writers: BTreeSet<String>,
}

/// Looks how far ids were given out. A transaction that was given one by then is over, or is named.
///
/// # Errors
/// A store error.
pub(super) async fn given_out(pool: &PgPool) -> Result<GivenOut, Error> {
    let last_id = sqlx::query_scalar(LAST_ID).fetch_one(pool).await.map_err(failure)?;
    // Whoever begins between the two is named for nothing; the other way round he would be missed.
    let writers: Vec<String> =
        sqlx::query_scalar(WRITERS).fetch_all(pool).await.map_err(failure)?;
    Ok(GivenOut { last_id, writers: writers.into_iter().collect() })
}

/// Counts the events beyond the id `floor`, but those of the `held` topics, which a `full` look counts
/// apart.
///
/// # Errors
/// A store error.
pub(super) async fn sweep(
    pool: &PgPool,
    (floor, held): (i64, &[String]),
    full: bool,
) -> Result<Waiting, Error> {
    type Row = (i64, Option<i64>, Option<f64>, i64, Option<i64>);
    let sweep = sqlx::query_as::<_, Row>(SWEEP).bind(floor).bind(COUNT_LIMIT);
    let row = sweep.bind(held).bind(full && !held.is_empty()).fetch_one(pool).await;
    let (count, first, age, failed, held_count) = row.map_err(failure)?;
    Ok(Waiting {
        count,
        first,
        age_secs: age.unwrap_or_default(),
        failed,
        held: full.then(|| held_count.unwrap_or_default()),
    })
}
