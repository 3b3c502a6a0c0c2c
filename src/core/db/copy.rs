//! Many rows out of PostgreSQL as text.

use std::time::Instant;

use bytes::Bytes;
use futures_util::TryStreamExt as _;
use tokio::sync::mpsc::Sender;
use uuid::Uuid;

use super::{Pool, Tx, TxSettings, failure};
use crate::core::error::Error;

/// Sends on what a statement `COPY … TO STDOUT` writes, piece by piece: some rows and perhaps a part of one. Of
/// tenants it reads no row. Dropped before its end, it has the statement cancelled.
///
/// # Errors
/// No connection, a refused statement, the deadline, or nobody takes the pieces any more.
pub async fn copy_out(
    pool: &Pool,
    deadline: Instant,
    statement: &str,
    pieces: Sender<Bytes>,
) -> Result<(), Error> {
    let tx = Tx::begin(pool, TxSettings { scope: None, deadline, tag: Uuid::new_v4() }).await?;
    let mut guard = tx.lock().await;
    let mut texts = guard.connection()?.copy_out_raw(statement).await.map_err(failure)?;
    while let Some(text) = texts.try_next().await.map_err(failure)? {
        pieces.send(text).await.map_err(|error| Error::internal("copy", error))?;
    }
    drop(texts);
    guard.finished();
    drop(guard);
    Ok(tx.commit().await?)
}
