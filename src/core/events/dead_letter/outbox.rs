//! Events that nothing takes, kept in the outbox.

use std::collections::HashSet;

use futures_util::TryStreamExt as _;
use sea_orm::sqlx;
use serde_json::Value;

use super::table::texts;
use super::{DeadLetter, Handled, Selection};
use crate::core::db::failure;
use crate::core::error::Error;
use crate::core::stores::Stores;

pub(super) async fn count(stores: &Stores) -> Result<i64, Error> {
    let count = sqlx::query_scalar("SELECT count(*) FROM event_outbox WHERE failed_at IS NOT NULL");
    count.fetch_one(stores.postgres.direct()).await.map_err(failure)
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
    let select = select.bind(which.rows()).bind(limit);
    let rows: Vec<Row> = select.fetch_all(stores.postgres.direct()).await.map_err(failure)?;
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
pub(super) async fn replay(stores: &Stores, which: &Selection) -> Result<Handled, Error> {
    change(
        stores,
        "UPDATE event_outbox SET failed_at = NULL, error = NULL \
         WHERE failed_at IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY($1)) \
         RETURNING CASE WHEN $1 IS NOT NULL THEN id END",
        which,
    )
    .await
}

pub(super) async fn delete(stores: &Stores, which: &Selection) -> Result<Handled, Error> {
    change(
        stores,
        "DELETE FROM event_outbox \
         WHERE failed_at IS NOT NULL AND ($1::bigint[] IS NULL OR id = ANY($1)) \
         RETURNING CASE WHEN $1 IS NOT NULL THEN id END",
        which,
    )
    .await
}

/// Runs a statement over the selected rows, which returns their ids where some were asked for.
async fn change(stores: &Stores, sql: &'static str, which: &Selection) -> Result<Handled, Error> {
    let mut rows = sqlx::query_scalar::<_, Option<i64>>(sql)
        .bind(which.rows())
        .fetch(stores.postgres.direct());
    let (mut count, mut ids) = (0, HashSet::new());
    while let Some(id) = rows.try_next().await.map_err(failure)? {
        count += 1;
        ids.extend(id.map(|id| id.to_string()));
    }
    Ok(Handled { count, left: which.unknown(|id| ids.contains(id)) })
}
