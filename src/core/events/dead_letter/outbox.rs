//! Events that nothing takes, kept in the outbox.

use sea_orm::sqlx;
use serde_json::Value;

use super::table::texts;
use super::{DeadLetter, Selection};
use crate::core::error::Error;
use crate::core::stores::Stores;

fn failed(error: sqlx::Error) -> Error {
    Error::internal("outbox", error)
}

pub(super) async fn count(stores: &Stores) -> Result<i64, Error> {
    let count = sqlx::query_scalar("SELECT count(*) FROM event_outbox WHERE failed_at IS NOT NULL");
    count.fetch_one(&stores.postgres.primary).await.map_err(failed)
}

/// Id, topic, headers, payload, error, attempts.
type Row = (i64, String, Value, String, Option<String>, i32);

pub(super) async fn list(stores: &Stores, which: &Selection) -> Result<Vec<DeadLetter>, Error> {
    let limit = i64::try_from(which.limit()).unwrap_or(i64::MAX);
    let select = sqlx::query_as(
        "SELECT id, topic, headers, payload::text AS payload, error, attempts FROM event_outbox \
         WHERE failed_at IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY($1)) \
         ORDER BY id LIMIT $2",
    );
    let select = select.bind(which.rows()?).bind(limit);
    let rows: Vec<Row> = select.fetch_all(&stores.postgres.primary).await.map_err(failed)?;
    let letter = |(id, topic, headers, body, error, attempts): Row| {
        let mut headers = texts(&headers);
        headers.insert("topic".to_owned(), topic);
        DeadLetter {
            id: id.to_string(),
            error: error.unwrap_or_default(),
            attempts: attempts.unsigned_abs(),
            headers,
            body,
        }
    };
    Ok(rows.into_iter().map(letter).collect())
}

/// The relay takes them up again within a second.
pub(super) async fn replay(stores: &Stores, which: &Selection) -> Result<usize, Error> {
    change(
        stores,
        "UPDATE event_outbox SET failed_at = NULL, error = NULL \
         WHERE failed_at IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY($1))",
        which,
    )
    .await
}

pub(super) async fn delete(stores: &Stores, which: &Selection) -> Result<usize, Error> {
    change(
        stores,
        "DELETE FROM event_outbox \
         WHERE failed_at IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY($1))",
        which,
    )
    .await
}

async fn change(stores: &Stores, sql: &'static str, which: &Selection) -> Result<usize, Error> {
    let done = sqlx::query(sql).bind(which.rows()?).execute(&stores.postgres.primary).await;
    Ok(usize::try_from(done.map_err(failed)?.rows_affected()).unwrap_or(usize::MAX))
}
