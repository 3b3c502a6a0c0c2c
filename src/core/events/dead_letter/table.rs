//! Given-up messages in table `dead_letter`, where there is no broker.

use std::collections::BTreeMap;

use sea_orm::sqlx;
use serde_json::Value;
use uuid::Uuid;

use super::{DeadLetter, DeadQueue, Selection};
use crate::core::error::{Code, Error};
use crate::core::events::delivery::ORDER_KEY;
use crate::core::events::subscription::Queue;
use crate::core::stores::Stores;

fn failed(error: sqlx::Error) -> Error {
    Error::internal("dead letters", error)
}

pub(super) async fn counts(stores: &Stores, queues: &[&str]) -> Result<Vec<DeadQueue>, Error> {
    let rows: Vec<(String, i64)> =
        sqlx::query_as("SELECT queue, count(*) FROM dead_letter GROUP BY queue")
            .fetch_all(&stores.postgres.primary)
            .await
            .map_err(failed)?;
    let count = |name: &str| rows.iter().find(|(queue, _)| queue == name).map_or(0, |row| row.1);
    let queues = queues.iter().map(|name| (*name).to_owned());
    Ok(queues.map(|queue| DeadQueue { messages: count(&queue), queue }).collect())
}

/// Id, headers, body, error, attempts, message id.
type Row = (i64, Value, Vec<u8>, String, i32, Option<String>);

async fn rows(stores: &Stores, queue: &str, which: &Selection) -> Result<Vec<Row>, Error> {
    let limit = i64::try_from(which.limit()).unwrap_or(i64::MAX);
    let select = sqlx::query_as(
        "SELECT id, headers, body, error, attempts, message_id FROM dead_letter \
         WHERE queue = $1 AND ($2::bigint[] IS NULL OR id = ANY($2)) ORDER BY id LIMIT $3",
    );
    let select = select.bind(queue).bind(which.rows()?).bind(limit);
    select.fetch_all(&stores.postgres.primary).await.map_err(failed)
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
    Ok(rows(stores, queue, which).await?.into_iter().map(letter).collect())
}

/// Puts messages back into the outbox, from where they reach the handler.
pub(super) async fn replay(
    stores: &Stores,
    queue: &Queue,
    which: &Selection,
) -> Result<usize, Error> {
    let mut tx = stores.postgres.primary.begin().await.map_err(failed)?;
    let rows = rows(stores, queue.name, which).await?;
    let key = queue.keys().next().unwrap_or_default();
    let mut count = 0;
    for (number, headers, body, _, _, message_id) in rows {
        let payload: Value = serde_json::from_slice(&body).map_err(|_| {
            Error::refused(
                Code::NotSupported,
                format!("message {number} is no JSON: it can only be dropped"),
            )
        })?;
        let gone = sqlx::query("DELETE FROM dead_letter WHERE id = $1").bind(number);
        if gone.execute(&mut *tx).await.map_err(failed)?.rows_affected() == 0 {
            continue;
        }
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
        insert.execute(&mut *tx).await.map_err(failed)?;
        count += 1;
    }
    tx.commit().await.map_err(failed)?;
    Ok(count)
}

pub(super) async fn delete(
    stores: &Stores,
    queue: &str,
    which: &Selection,
) -> Result<usize, Error> {
    let delete = sqlx::query(
        "DELETE FROM dead_letter WHERE queue = $1 AND ($2::bigint[] IS NULL OR id = ANY($2))",
    );
    let done = delete.bind(queue).bind(which.rows()?).execute(&stores.postgres.primary).await;
    Ok(usize::try_from(done.map_err(failed)?.rows_affected()).unwrap_or(usize::MAX))
}

/// Members of an object that are texts.
pub(super) fn texts(headers: &Value) -> BTreeMap<String, String> {
    let members = headers.as_object().into_iter().flatten();
    let texts =
        members.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    texts.collect()
}
