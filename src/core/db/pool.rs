//! A pool of PostgreSQL connections for one purpose.

use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::DbErr;
use sea_orm::sqlx::pool::PoolConnection;
use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, Executor as _, PgConnection, PgPool, Postgres};

use super::runtime::StoreRuntime;
use super::{failure, literal, query_error};
use crate::core::telemetry::{Load, Waiting};

/// What connections are for. Each purpose has connections of its own, so that none waits for another.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Purpose {
    /// Who is asking, and what they may do: logins, contracts.
    Gateway,
    /// The requests themselves.
    Requests,
    /// Jobs and messages.
    Background,
}

/// One thing of each purpose.
pub(super) struct PerPurpose<T> {
    pub gateway: T,
    pub requests: T,
    pub background: T,
}

impl<T> PerPurpose<T> {
    pub fn of(&self, purpose: Purpose) -> &T {
        match purpose {
            Purpose::Gateway => &self.gateway,
            Purpose::Requests => &self.requests,
            Purpose::Background => &self.background,
        }
    }

    /// With the names that metrics have for the purposes.
    pub fn named(&self) -> [(&'static str, &T); 3] {
        [("gateway", &self.gateway), ("requests", &self.requests), ("background", &self.background)]
    }
}

/// Longest wait at once. While PostgreSQL refuses connections, the pauses between attempts grow to a
/// fifth of it.
const LONGEST_WAIT: Duration = Duration::from_secs(15);

/// Pool of connections. Cloning is cheap.
#[derive(Clone)]
pub struct Pool(Arc<Inner>);

struct Inner {
    connections: PgPool,
    environment: Environment,
    waiting: Waiting,
}

/// What the pools of a process have in common.
#[derive(Clone)]
pub(super) struct Environment {
    pub runtime: StoreRuntime,
    /// Cancels statements of connections that are all taken.
    pub control: PgPool,
    /// Whether a pooler may give every transaction another session of the server.
    pub is_pooled: bool,
}

impl Pool {
    /// A pool that connects when it is first needed.
    pub(super) fn lazy(
        size: PgPoolOptions,
        connect: PgConnectOptions,
        environment: Environment,
    ) -> Self {
        let connections = lazy(size, connect, &environment.runtime);
        Self(Arc::new(Inner { connections, environment, waiting: Waiting::default() }))
    }

    /// A connection, waiting for one until `deadline`.
    ///
    /// Cancel safe: a dropped future gives its place up.
    ///
    /// # Errors
    /// None by then ([`super::waited_in_vain`]), or the server refuses.
    pub async fn acquire(&self, deadline: Instant) -> Result<Loan, DbErr> {
        let _waiter = self.0.waiting.enter();
        let runtime = self.runtime();
        loop {
            let acquiring = runtime.run(self.0.connections.acquire());
            let acquired = tokio::time::timeout_at(deadline.into(), acquiring).await;
            match acquired.unwrap_or(Err(sqlx::Error::PoolTimedOut)) {
                Ok(connection) => {
                    return Ok(Loan { connection: Some(connection), runtime: runtime.clone() });
                }
                Err(sqlx::Error::PoolTimedOut) if Instant::now() < deadline => {}
                Err(error) => return Err(query_error(error)),
            }
        }
    }

    /// Connections in use, and work that waits for one.
    pub fn load(&self) -> Load {
        let connections = &self.0.connections;
        let in_use = (connections.size() as usize).saturating_sub(connections.num_idle());
        (in_use, self.0.waiting.count())
    }

    /// Whether nothing of a session outlives a transaction: no prepared statement, no setting.
    pub(super) fn is_pooled(&self) -> bool {
        self.0.environment.is_pooled
    }

    pub(super) fn runtime(&self) -> &StoreRuntime {
        &self.0.environment.runtime
    }

    /// Cancels what the connection with this application name does, in the background and over a
    /// connection that waits for no statement.
    pub(super) fn cancel(&self, application: &str) {
        let application = literal(application);
        let sql = format!(
            "SELECT pg_cancel_backend(pid) FROM pg_stat_activity \
             WHERE application_name = {application}"
        );
        let control = self.0.environment.control.clone();
        self.runtime().spawn(async move {
            if let Err(error) = control.execute(sqlx::AssertSqlSafe(sql)).await.map_err(failure) {
                tracing::warn!(%error, "could not cancel a statement; it runs into its timeout");
            }
        });
    }
}

/// A pool of the driver's own that connects when it is first needed.
pub(super) fn lazy(
    size: PgPoolOptions,
    connect: PgConnectOptions,
    runtime: &StoreRuntime,
) -> PgPool {
    let _runtime = runtime.enter();
    size.acquire_timeout(LONGEST_WAIT).connect_lazy_with(connect)
}

/// A connection on loan: dropped, it goes back to its pool.
pub struct Loan {
    /// Present until the drop.
    connection: Option<PoolConnection<Postgres>>,
    runtime: StoreRuntime,
}

impl Loan {
    /// The connection.
    ///
    /// # Errors
    /// Never before the drop.
    pub fn connection(&mut self) -> Result<&mut PgConnection, DbErr> {
        let returned = || DbErr::Custom("the connection was returned".to_owned());
        self.connection.as_deref_mut().ok_or_else(returned)
    }

    /// Rolls back what is open before the connection goes back; one that cannot is closed.
    pub(super) fn roll_back(mut self) {
        let runtime = self.runtime.clone();
        runtime.spawn(async move {
            let Some(connection) = &mut self.connection else { return };
            if connection.execute("ROLLBACK").await.is_err() {
                connection.close_on_drop();
            }
        });
    }
}

impl Drop for Loan {
    /// The way back is a task of the runtime that the connection belongs to.
    fn drop(&mut self) {
        let _runtime = self.runtime.enter();
        self.connection.take();
    }
}
