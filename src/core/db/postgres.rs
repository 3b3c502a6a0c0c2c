//! PostgreSQL pools.

use std::str::FromStr;
use std::time::Duration;

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{ConnectOptions, PgPool};

use crate::core::config::{Config, Secret};
use crate::core::error::Error;

/// Why the pool could not be opened, with the address and what to do about it.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot reach PostgreSQL at {address}: {reason}\n\
         Start it (./dev up starts a private one), or set {key}."
)]
pub struct ConnectError {
    address: String,
    key: &'static str,
    reason: String,
}

/// A PostgreSQL that answers, or the reason why not.
pub struct Postgres {
    /// Pool of the application's role.
    pub primary: PgPool,
    /// Pool of the read-only copy, when there is one.
    pub replica: Option<PgPool>,
}

impl Postgres {
    /// Opens the pools and proves that the primary answers.
    ///
    /// # Errors
    /// A bad URL, or a server that does not answer in time.
    pub async fn connect(config: &Config) -> Result<Self, ConnectError> {
        let primary = connect(config, &config.postgres.url, "COFFEE__POSTGRES__URL").await?;
        let replica = if config.postgres.replica_url.is_empty() {
            None
        } else {
            let options = options(config, &config.postgres.replica_url)
                .map_err(|reason| refusal("replica", "COFFEE__POSTGRES__REPLICA_URL", &reason))?;
            Some(pool_options(config).connect_lazy_with(options))
        };
        Ok(Self { primary, replica })
    }

    /// Pool for statements of a route that only reads.
    pub fn reader(&self) -> &PgPool {
        self.replica.as_ref().unwrap_or(&self.primary)
    }
}

/// A pool of the schema owner's role, for commands.
///
/// # Errors
/// As [`Postgres::connect`].
pub async fn connect_owner(config: &Config) -> Result<PgPool, ConnectError> {
    connect(config, config.owner_url(), "COFFEE__POSTGRES__OWNER_URL").await
}

/// A small pool for the relay, whose transactions hold rows while it talks to the broker: a server
/// process that hears nothing for `events.takeover_secs` frees them. Plans are fixed to indexes, since
/// statistics of a table that is empty now and long a moment later mislead.
///
/// # Errors
/// A bad URL.
pub fn relay_pool(config: &Config) -> Result<PgPool, Error> {
    let takeover = Duration::from_secs(config.events.takeover_secs).as_millis().to_string();
    let options =
        options(config, &config.postgres.url)?.application_name("coffee relay").options([
            ("idle_in_transaction_session_timeout", takeover.as_str()),
            ("enable_seqscan", "off"),
            ("enable_bitmapscan", "off"),
            ("jit", "off"),
            // A delete that a crash undoes is an event that is carried twice and has its effect once.
            ("synchronous_commit", "off"),
        ]);
    let connections = u32::try_from(config.relay_lanes()).unwrap_or(u32::MAX).saturating_add(2);
    let pool = pool_options(config).min_connections(0).max_connections(connections);
    Ok(pool.connect_lazy_with(options))
}

async fn connect(config: &Config, url: &Secret, key: &'static str) -> Result<PgPool, ConnectError> {
    let options = options(config, url).map_err(|reason| refusal("(bad URL)", key, &reason))?;
    let address = format!("{}:{}", options.get_host(), options.get_port());
    let connecting = pool_options(config).connect_with(options);
    let limit = Duration::from_millis(config.postgres.connect_timeout_ms);
    match tokio::time::timeout(limit, connecting).await {
        Ok(Ok(pool)) => Ok(pool),
        Ok(Err(error)) => Err(refusal(&address, key, &error)),
        Err(_) => Err(refusal(&address, key, &format!("no answer in {} ms", limit.as_millis()))),
    }
}

fn options(config: &Config, url: &Secret) -> Result<PgConnectOptions, Error> {
    let options = PgConnectOptions::from_str(url.expose())
        .map_err(|error| Error::internal("postgresql", error))?;
    // The upper bound of statements outside a transaction; a transaction sets what is left.
    let limit = Duration::from_secs(config.server.timeout_secs).as_millis().to_string();
    Ok(options
        .application_name("coffee")
        .options([("statement_timeout", limit.as_str()), ("TimeZone", "UTC")])
        .disable_statement_logging())
}

fn pool_options(config: &Config) -> PgPoolOptions {
    PgPoolOptions::new()
        .min_connections(config.postgres.min_connections)
        .max_connections(config.postgres.max_connections)
        // Waiting counts against the request's deadline; this is only the backstop.
        .acquire_timeout(Duration::from_secs(config.server.timeout_secs))
        // A dead connection shows at its first statement; asking first costs every request a
        // round trip.
        .test_before_acquire(false)
}

fn refusal(address: &str, key: &'static str, reason: &dyn std::fmt::Display) -> ConnectError {
    ConnectError { address: address.to_owned(), key, reason: reason.to_string() }
}
