//! PostgreSQL: one pool per purpose, and connections outside of them.

use std::str::FromStr;
use std::time::{Duration, Instant};

use sea_orm::sqlx::postgres::{PgConnectOptions, PgPoolOptions};
use sea_orm::sqlx::{self, ConnectOptions, Connection as _, PgConnection, PgPool};

use super::pool::{Environment, PerPurpose, Pool, Purpose, lazy};
use super::runtime::StoreRuntime;
use super::{Failure, query_error};
use crate::core::caller::PLATFORM_PARTNER;
use crate::core::config::{Config, Secret};
use crate::core::error::Error;
use crate::core::telemetry::ConnectionGauges;

/// Connections outside of the purposes, one of them for cancelling statements.
const DIRECT_CONNECTIONS: u32 = 2;
/// Pause between two attempts to reach a server that starts.
const START_PAUSE: Duration = Duration::from_millis(100);

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
    primary: PerPurpose<Pool>,
    replica: Option<PerPurpose<Pool>>,
    direct: PgPool,
}

impl Postgres {
    /// Opens the pools and proves that the primary answers.
    ///
    /// # Errors
    /// A bad URL, or a server that does not answer in time.
    pub async fn connect(
        config: &Config,
        runtime: &StoreRuntime,
        gauges: &ConnectionGauges,
    ) -> Result<Self, ConnectError> {
        let (section, key) = (&config.postgres, "COFFEE__POSTGRES__URL");
        let is_pooled = config.is_pooled();
        let connect = options(config, &section.url, key, is_pooled)?;
        let direct = options(config, config.direct_url(), "COFFEE__POSTGRES__DIRECT_URL", false)?;
        prove(config, &connect, key).await?;
        if is_pooled {
            prove(config, &direct, "COFFEE__POSTGRES__DIRECT_URL").await?;
        }
        let few = PgPoolOptions::new().max_connections(DIRECT_CONNECTIONS);
        let environment =
            |control: PgPool| Environment { runtime: runtime.clone(), control, is_pooled };
        let direct = lazy(few.clone(), direct, runtime);
        let primary = pools(config, &connect, &environment(direct.clone()));
        watch("postgres", &primary, gauges);
        let replica = if section.replica_url.is_empty() {
            None
        } else {
            let key = "COFFEE__POSTGRES__REPLICA_URL";
            let connect = options(config, &section.replica_url, key, is_pooled)?;
            let control = lazy(few, connect.clone(), runtime);
            let pools = pools(config, &connect, &environment(control));
            watch("postgres_replica", &pools, gauges);
            Some(pools)
        };
        Ok(Self { primary, replica, direct })
    }

    /// The same as the schema's owner, for commands: one pool for all purposes, no replica.
    ///
    /// # Errors
    /// As [`Postgres::connect`].
    pub async fn connect_owner(
        config: &Config,
        runtime: &StoreRuntime,
    ) -> Result<Self, ConnectError> {
        let connect = owner_options(config)?;
        prove(config, &connect, OWNER_KEY).await?;
        let few = PgPoolOptions::new().max_connections(DIRECT_CONNECTIONS);
        let direct = lazy(few, connect.clone(), runtime);
        let (runtime, control) = (runtime.clone(), direct.clone());
        let environment = Environment { runtime, control, is_pooled: false };
        let pool = Pool::lazy(size_of(config), connect, environment);
        let (gateway, requests) = (pool.clone(), pool.clone());
        Ok(Self {
            primary: PerPurpose { gateway, requests, background: pool },
            replica: None,
            direct,
        })
    }

    /// Pool that sees every committed write.
    pub fn primary(&self, purpose: Purpose) -> &Pool {
        self.primary.of(purpose)
    }

    /// Pool for reads whose answers may be some seconds old.
    pub fn stale(&self, purpose: Purpose) -> &Pool {
        self.replica.as_ref().unwrap_or(&self.primary).of(purpose)
    }

    /// A few connections whose sessions are their own, for what requests do not wait for: given-up
    /// messages, and options for session locks.
    pub fn direct(&self) -> &PgPool {
        &self.direct
    }
}

const OWNER_KEY: &str = "COFFEE__POSTGRES__OWNER_URL";

/// A pool of the schema owner's role, for commands.
///
/// # Errors
/// As [`Postgres::connect`].
pub async fn connect_owner(config: &Config) -> Result<PgPool, ConnectError> {
    let connect = owner_options(config)?;
    prove(config, &connect, OWNER_KEY).await?;
    Ok(size_of(config).connect_lazy_with(connect))
}

/// A small pool for the relay, whose transactions hold rows while it talks to the broker: a server
/// process that hears nothing for `events.takeover_secs` frees them. Plans are fixed to indexes, since
/// statistics of a table that is empty now and long a moment later mislead.
///
/// # Errors
/// A bad URL.
pub fn relay_pool(config: &Config) -> Result<PgPool, Error> {
    let takeover = Duration::from_secs(config.events.takeover_secs).as_millis().to_string();
    let options = options(config, config.direct_url(), "COFFEE__POSTGRES__DIRECT_URL", false);
    let options = options.map_err(|error| Error::internal("postgresql", error))?;
    let options = options.application_name("coffee relay").options([
        ("idle_in_transaction_session_timeout", takeover.as_str()),
        ("enable_seqscan", "off"),
        ("enable_bitmapscan", "off"),
        // A delete that a crash undoes is an event that is carried twice and has its effect once.
        ("synchronous_commit", "off"),
    ]);
    let connections = u32::try_from(config.relay_lanes()).unwrap_or(u32::MAX).saturating_add(2);
    let pool = size_of(config).min_connections(0).max_connections(connections);
    Ok(pool.connect_lazy_with(options))
}

fn pools(
    config: &Config,
    connect: &PgConnectOptions,
    environment: &Environment,
) -> PerPurpose<Pool> {
    let section = &config.postgres;
    let pool = |size| Pool::lazy(size, connect.clone(), environment.clone());
    let few = |most| size_of(config).min_connections(0).max_connections(most);
    PerPurpose {
        gateway: pool(few(section.gateway_connections)),
        requests: pool(size_of(config)),
        background: pool(few(section.background_connections)),
    }
}

fn watch(store: &str, pools: &PerPurpose<Pool>, gauges: &ConnectionGauges) {
    for (name, pool) in pools.named() {
        let pool = pool.clone();
        gauges.watch((store, name), move || pool.load());
    }
}

/// Waits until the server answers.
async fn prove(
    config: &Config,
    options: &PgConnectOptions,
    key: &'static str,
) -> Result<(), ConnectError> {
    let address = format!("{}:{}", options.get_host(), options.get_port());
    let limit = Duration::from_millis(config.postgres.connect_timeout_ms);
    let deadline = Instant::now() + limit;
    loop {
        let connecting = PgConnection::connect_with(options);
        let error = match tokio::time::timeout_at(deadline.into(), connecting).await {
            Ok(Ok(connection)) => {
                let _ = connection.close().await;
                return Ok(());
            }
            Ok(Err(error)) => error,
            Err(_) => {
                let reason = format!("no answer in {} ms", limit.as_millis());
                return Err(refusal(&address, key, &reason));
            }
        };
        // It may be starting.
        let may_start = matches!(error, sqlx::Error::Io(_) | sqlx::Error::Database(_));
        if !may_start || deadline.saturating_duration_since(Instant::now()) < START_PAUSE {
            return Err(refusal(&address, key, &Failure(query_error(error))));
        }
        tokio::time::sleep(START_PAUSE).await;
    }
}

fn owner_options(config: &Config) -> Result<PgConnectOptions, ConnectError> {
    // Row-level security binds the owner too: outside of a unit of work it works for all partners.
    let platform = PLATFORM_PARTNER.to_string();
    let options = options(config, config.owner_url(), OWNER_KEY, false)?;
    Ok(options.options([("app.partner_id", platform)]))
}

/// Behind a pooler every transaction may run in another session of the server, so that the session can
/// hold nothing for us: transactions set their own limits, and statements are not kept prepared.
fn options(
    config: &Config,
    url: &Secret,
    key: &'static str,
    is_pooled: bool,
) -> Result<PgConnectOptions, ConnectError> {
    let options = PgConnectOptions::from_str(url.expose())
        .map_err(|error| refusal("(bad URL)", key, &error))?;
    let options = options.application_name("coffee").disable_statement_logging();
    if is_pooled {
        return Ok(options.statement_cache_capacity(0).extra_float_digits(None));
    }
    // The upper bound of statements outside a transaction; a transaction sets what is left.
    let limit = Duration::from_secs(config.server.timeout_secs).as_millis().to_string();
    // To compile a statement takes longer than any of ours.
    let settings = [("statement_timeout", limit.as_str()), ("TimeZone", "UTC"), ("jit", "off")];
    Ok(options.options(settings))
}

fn size_of(config: &Config) -> PgPoolOptions {
    PgPoolOptions::new()
        .min_connections(config.postgres.min_connections)
        .max_connections(config.postgres.max_connections)
        .acquire_timeout(Duration::from_secs(config.server.timeout_secs))
        // A dead connection shows at its first statement; asking first costs every request a
        // round trip.
        .test_before_acquire(false)
}

fn refusal(address: &str, key: &'static str, reason: &dyn std::fmt::Display) -> ConnectError {
    ConnectError { address: address.to_owned(), key, reason: reason.to_string() }
}
