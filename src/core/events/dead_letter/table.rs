//! Given-up messages in table `dead_letter`, where there is no broker.

use std::collections::{BTreeMap, HashSet};

use futures_util::TryStreamExt as _;
use sea_orm::sqlx;
use serde_json::Value;
use uuid::Uuid;

use super::{DeadLetter, DeadQueue, Handled, Selection, Unhandled};
use crate::core::db::failure;
use crate::core::error::Error;
use crate::core::events::delivery::ORDER_KEY;
use crate::core::events::subscription::Queue;
use crate::core::stores::Stores;

/// Messages in memory at the same time: each may have megabytes.
const PAGE: usize = 20;

pub(super) async fn counts(stores: &Stores, queues: &[&str]) -> Result<Vec<DeadQueue>, Error> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT queue, count(*) FROM dead_letter GROUP BY queue")
            .fetch_all(stores.postgres.direct())
            .await
            .map_err(failure)?;
    let count = |name: &str| rows.iter().find(|(queue, _)| queue == name).map_or(0, |row| row.1);
    let queues = queues.iter().map(|name| (*name).to_owned());
    Ok(queues.map(|queue| DeadQueue { messages: count(&queue), queue }).collect())
}

/// Id, headers, body, error, attempts, message id.
type Row = (i64, Value, Vec<u8>, String, i32, Option<String>);

/// The selected rows of a queue from `ids.0` on, up to `ids.1`.
async fn rows(
    stores: &Stores,
    queue: &str,
    which: &Selection,
    (from, to): (i64, i64),
    limit: usize,
) -> Result<Vec<Row>, Error> {
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let select = sqlx::query_as(
        "SELECT id, headers, body, error, attempts, message_id FROM dead_letter \
         WHERE queue = $1 AND ($2::bigint[] IS NULL OR id = ANY($2)) AND id BETWEEN $4 AND $5 \
         ORDER BY id LIMIT $3",
    );
    let select = select.bind(queue).bind(which.rows()).bind(limit).bind(from).bind(to);
    select.fetch_all(stores.postgres.direct()).await.map_err(failure)
}

pub(super) async fn list(
    stores: &Stores,
    queue: &str,
    which: &Selection,
) -> Result<Vec<DeadLetter>, Error> {
    let letter = |(id, headers, body, error, attempts, _): Row| DeadLetter {
        id: id.to_string(),
        error,
        attempts: attempts.unsigned_abs(),
        headers: texts(&headers),
        body: String::from_utf8_lossy(&body).into_owned(),
    };
    let rows = rows(stores, queue, which, (0, i64::MAX), which.limit()).await?;
    Ok(rows.into_iter().map(letter).collect())
}

/// Puts messages back into the outbox, from where they reach the handler; each by itself.
pub(super) async fn replay(
    stores: &Stores,
    queue: &Queue,
    which: &Selection,
) -> Result<Handled, Error> {
    // A message that fails again comes back with a higher number: not twice in one go.
    let last: Option<i64> = sqlx::query_scalar("SELECT max(id) FROM dead_letter")
        .fetch_one(stores.postgres.direct())
        .await
        .map_err(failure)?;
    let (mut from, last) = (0, last.unwrap_or_default());
    let (mut handled, mut seen) = (Handled::default(), HashSet::new());
    loop {
        let rows = rows(stores, queue.name, which, (from, last), PAGE).await?;
        let Some(next) = rows.last().map(|row| row.0 + 1) else { break };
        for row in rows {
            let id = row.0.to_string();
            match put_back(stores, queue, row).await? {
                Ok(()) => handled.count += 1,
                Err(reason) => handled.left.push(Unhandled { id: id.clone(), reason }),
            }
            seen.insert(id);
        }
        from = next;
    }
    handled.left.extend(which.unknown(|id| seen.contains(id)));
    Ok(handled)
}

/// Moves one message into the outbox; or why it cannot be.
async fn put_back(stores: &Stores, queue: &Queue, row: Row) -> Result<Result<(), String>, Error> {
    let (number, headers, body, _, _, message_id) = row;
    let Ok(payload) = serde_json::from_slice::<Value>(&body) else {
        return Ok(Err("it is no JSON: it can only be dropped".to_owned()));
    };
    let mut tx = stores.postgres.direct().begin().await.map_err(failure)?;
    let gone = sqlx::query("DELETE FROM dead_letter WHERE id = $1").bind(number);
    if gone.execute(&mut *tx).await.map_err(failure)?.rows_affected() == 0 {
        return Ok(Err("somebody else took it meanwhile".to_owned()));
    }
    let key = queue.keys().next().unwrap_or_default();
    let id = message_id.as_deref().and_then(|id| Uuid::parse_str(id).ok());
    let order_key = texts(&headers).remove(ORDER_KEY).unwrap_or_default();
    let insert = sqlx::query(
        "INSERT INTO event_outbox (message_id, topic, order_key, headers, payload) \
         VALUES ($1, $2, $3, $4, $5)",
    );
    let insert = insert
        .bind(id.unwrap_or_else(Uuid::new_v4))
        .bind(format!("{}___{key}", queue.exchange))
        .bind(order_key)
        .bind(headers)
        .bind(payload);
    match insert.execute(&mut *tx).await {
        Ok(_) => tx.commit().await.map(Ok).map_err(failure),
        // A text that PostgreSQL cannot hold, with a zero byte for example.
        Err(sqlx::Error::Database(refused)) => Ok(Err(refused.message().to_owned())),
        Err(error) => Err(failure(error)),
    }
}

pub(super) async fn delete(
    stores: &Stores,
    queue: &str,
    which: &Selection,
) -> Result<Handled, Error> {
    let mut rows = sqlx::query_scalar::<_, Option<i64>>(
        "DELETE FROM dead_letter WHERE queue = $1 AND ($2::bigint[] IS NULL OR id = ANY($2)) \
         RETURNING CASE WHEN $2 IS NOT NULL THEN id END",
    )
    .bind(queue)
    .bind(which.rows())
    .fetch(stores.postgres.direct());
    let (mut count, mut ids) = (0, HashSet::new());
    while let Some(id) = rows.try_next().await.map_err(failure)? {
        count += 1;
        ids.extend(id.map(|id| id.to_string()));
    }
    Ok(Handled { count, left: which.unknown(|id| ids.contains(id)) })
}

/// Members of an object that are texts.
pub(super) fn texts(headers: &Value) -> BTreeMap<String, String> {
    let members = headers.as_object().into_iter().flatten();
    let texts =
        members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    texts.collect()
}
