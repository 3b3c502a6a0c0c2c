//! The life of a session: its key in Redis, and how its end becomes known everywhere.

use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use deadpool_redis::redis;

use super::super::dao;
use super::super::entity::session_key;
use crate::core::db::redis::report;
use crate::core::error::Error;
use crate::core::invalidation::Invalidation;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// Pause between attempts to tell Redis that a session has ended.
const RETRY_PAUSE: Duration = Duration::from_secs(1);

/// Writes the key that spares reading the row. Best effort: without it the row is read. The caller
/// holds the session's row, so that no end of the session can come in between.
pub(super) async fn put_key(stores: &Stores, sid: &str, expires_at: DateTime<Utc>) {
    let Some(redis) = stores.redis() else { return };
    let seconds = (expires_at - Utc::now()).num_seconds().max(1);
    let mut set = redis::cmd("SET");
    set.arg(redis.key(&session_key(sid))).arg(1).arg("EX").arg(seconds);
    if let Err(error) = redis.run::<redis::Value>(&set).await {
        report(&error, "session cannot be written to redis");
    }
}

/// Ends a session in the unit of work, and everywhere once that is committed.
pub(super) async fn end(session: &UnitOfWork, sid: &str) -> Result<(), Error> {
    let db = session.write().await?;
    dao::session::end(&db, sid).await?;
    dao::refresh_token::delete_of(&db, sid).await?;
    session.after_commit(forget(session.stores().clone(), sid.to_owned()));
    Ok(())
}

/// Removes the key and has every replica drop what it cached. While Redis does not answer this is
/// tried again for as long as one of the session's tokens can still be good.
async fn forget(stores: Stores, sid: String) {
    let patience = Duration::from_secs(stores.config.auth.access_token_secs.into());
    let deadline = Instant::now() + patience;
    while let Err(error) = try_to_forget(&stores, &sid).await {
        if Instant::now() > deadline {
            tracing::error!(%error, "the end of a session could not be announced");
            return;
        }
        tracing::warn!(%error, "the end of a session cannot be announced yet");
        tokio::time::sleep(RETRY_PAUSE).await;
    }
}

async fn try_to_forget(stores: &Stores, sid: &str) -> Result<(), Error> {
    let ended = Invalidation::Session(sid.to_owned());
    // This process must not wait for Redis.
    stores.invalidations.apply(&ended);
    let deleted = delete_key(stores, sid).await;
    // The key first: a replica that is told too early would find it again.
    let announced = stores.announce(&ended).await;
    deleted.and(announced)
}

async fn delete_key(stores: &Stores, sid: &str) -> Result<(), Error> {
    let Some(redis) = stores.redis() else { return Ok(()) };
    let mut delete = redis::cmd("DEL");
    delete.arg(redis.key(&session_key(sid)));
    redis.run::<i64>(&delete).await.map(drop)
}
