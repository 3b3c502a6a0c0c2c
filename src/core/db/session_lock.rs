//! A lock that outlives transactions.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, PgConnection, PgPool};

use super::failure;
use crate::core::error::Error;

/// How often one that waits asks again.
const POLL: Duration = Duration::from_millis(200);
/// How long its connection may take to say that it is still there.
const PATIENCE: Duration = Duration::from_secs(5);
/// Time for giving the lock back politely; after it the connection is just dropped.
const RELEASE: Duration = Duration::from_secs(1);

/// An advisory lock on a connection of its own: it lasts until it is released, dropped, or the process
/// dies. The address must lead to PostgreSQL itself, since a pooler in transaction mode loses such locks.
pub struct SessionLock(PgConnection);

impl SessionLock {
    /// Waits until nobody else holds the lock with this key.
    ///
    /// # Errors
    /// No connection, or it breaks.
    pub async fn wait(pool: &PgPool, key: i64) -> Result<Self, Error> {
        let mut connection = connect(pool).await?;
        // Asked again and again: a statement that waits would keep old rows from being removed.
        while !is_taken_by(&mut connection, key).await? {
            tokio::time::sleep(POLL).await;
        }
        Ok(Self(connection))
    }

    /// The lock with this key; `None` while somebody else holds it.
    ///
    /// # Errors
    /// As [`SessionLock::wait`].
    pub async fn try_take(pool: &PgPool, key: i64) -> Result<Option<Self>, Error> {
        let mut connection = connect(pool).await?;
        Ok(is_taken_by(&mut connection, key).await?.then_some(Self(connection)))
    }

    /// Says that nobody else has the lock: for work whose own statements outlive a restart of PostgreSQL.
    ///
    /// # Errors
    /// Its connection broke, or does not answer.
    pub async fn check(&mut self) -> Result<(), Error> {
        match tokio::time::timeout(PATIENCE, self.0.ping()).await {
            Ok(Ok(())) => Ok(()),
            _ => {
                Err(Error::internal("postgresql", "a lock was lost, so somebody else may have it"))
            }
        }
    }

    /// Lets go.
    pub async fn release(self) {
        let _ = tokio::time::timeout(RELEASE, self.0.close()).await;
    }
}

async fn connect(pool: &PgPool) -> Result<PgConnection, Error> {
    PgConnection::connect_with(&pool.connect_options()).await.map_err(failure)
}

async fn is_taken_by(connection: &mut PgConnection, key: i64) -> Result<bool, Error> {
    let taking = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(key);
    taking.fetch_one(connection).await.map_err(failure)
}
