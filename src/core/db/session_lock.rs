//! A lock that outlives transactions.

use std::time::Duration;

use sea_orm::sqlx::{self, Connection as _, PgConnection, PgPool};

use super::failure;
use crate::core::error::Error;

/// How often one that waits asks again.
const POLL: Duration = Duration::from_millis(200);
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
        let mut connection =
            PgConnection::connect_with(&pool.connect_options()).await.map_err(failure)?;
        loop {
            // Asked again and again: a statement that waits would keep old rows from being removed.
            let asking = sqlx::query_scalar("SELECT pg_try_advisory_lock($1)").bind(key);
            if asking.fetch_one(&mut connection).await.map_err(failure)? {
                return Ok(Self(connection));
            }
            tokio::time::sleep(POLL).await;
        }
    }

    /// Lets go.
    pub async fn release(self) {
        let _ = tokio::time::timeout(RELEASE, self.0.close()).await;
    }
}
