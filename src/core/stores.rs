//! Everything that a process shares: the stores, the configuration and the metrics.

use std::io;
use std::ops::Deref;
use std::sync::Arc;
use std::time::{Duration, Instant};

use sea_orm::ConnectionTrait as _;

use super::capacity::Capacity;
use super::config::Config;
use super::db::amqp::Amqp;
use super::db::clickhouse::ClickHouse;
use super::db::migrate::{SchemaVersion, SchemaVersions};
use super::db::postgres::{ConnectError, Postgres};
use super::db::redis::{Redis, RedisPools};
use super::db::{Db, Pool, Purpose, Scope, StoreRuntime};
use super::error::Error;
use super::health::Health;
use super::invalidation::{CHANNEL, Invalidation, Invalidations};
use super::telemetry::Metrics;
use super::turns::KeysInUse;
use super::wake::Wake;

/// Handle on the shared things, for one purpose: what is done with it takes that purpose's connections.
/// Cloning is cheap.
#[derive(Clone)]
pub struct Stores {
    inner: Arc<Inner>,
    purpose: Purpose,
}

/// What [`Stores`] gives access to.
pub struct Inner {
    /// Configuration of the process.
    pub config: Config,
    /// Drives the connections.
    pub runtime: StoreRuntime,
    /// PostgreSQL.
    pub postgres: Postgres,
    /// ClickHouse, when configured.
    pub clickhouse: Option<ClickHouse>,
    /// Redis, when configured; by [`Stores::redis`].
    redis: Option<RedisPools>,
    /// RabbitMQ, when configured.
    pub amqp: Option<Amqp>,
    /// Metrics of the process.
    pub metrics: Metrics,
    /// What does not work as it should while the rest serves.
    pub health: Health,
    /// What caches of this process must forget.
    pub invalidations: Invalidations,
    /// Woken when events were committed, to be carried by this process or another one.
    pub outbox: Wake,
    /// Places for requests at work.
    pub capacity: Capacity,
    /// Idempotency keys of requests under way.
    pub keys_in_use: KeysInUse,
}

impl Deref for Stores {
    type Target = Inner;

    fn deref(&self) -> &Inner {
        &self.inner
    }
}

/// Why the stores could not be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// PostgreSQL is required.
    #[error(transparent)]
    Postgres(#[from] ConnectError),
    /// A malformed address.
    #[error(transparent)]
    Address(#[from] Error),
    /// A metric was registered twice.
    #[error(transparent)]
    Metrics(#[from] prometheus::Error),
    /// The system gives no threads.
    #[error("threads for connections: {0}")]
    Threads(#[from] io::Error),
}

/// State of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StoreState {
    /// Answers.
    Up,
    /// Configured and does not answer.
    Down,
    /// Not configured.
    Absent,
}

/// State of all stores.
#[derive(Debug, Clone, Copy, serde::Serialize)]
pub struct StoreStates {
    /// PostgreSQL.
    pub postgres: StoreState,
    /// ClickHouse.
    pub clickhouse: StoreState,
    /// Redis.
    pub redis: StoreState,
    /// RabbitMQ.
    pub rabbitmq: StoreState,
    /// Schemas of PostgreSQL and ClickHouse.
    pub schema: SchemaVersions,
}

impl Stores {
    /// Opens PostgreSQL; the other stores connect when they are first needed.
    ///
    /// # Errors
    /// PostgreSQL does not answer, or an address is malformed.
    pub async fn open(config: Config) -> Result<Self, OpenError> {
        let (runtime, metrics) = (StoreRuntime::new()?, metrics(&config)?);
        let postgres = Postgres::connect(&config, &runtime, &metrics.store_connections).await?;
        Self::with(config, runtime, metrics, postgres)
    }

    /// The same for commands: PostgreSQL as the schema's owner.
    ///
    /// # Errors
    /// As [`Stores::open`].
    pub async fn open_as_owner(config: Config) -> Result<Self, OpenError> {
        let (runtime, metrics) = (StoreRuntime::new()?, metrics(&config)?);
        let postgres = Postgres::connect_owner(&config, &runtime).await?;
        Self::with(config, runtime, metrics, postgres)
    }

    fn with(
        config: Config,
        runtime: StoreRuntime,
        metrics: Metrics,
        postgres: Postgres,
    ) -> Result<Self, OpenError> {
        let redis = RedisPools::new(&config, &runtime, &metrics.stores)?;
        let clickhouse = ClickHouse::new(&config);
        let inner = Inner {
            clickhouse: clickhouse.map(|c| c.watched(&metrics.store_connections)),
            redis: redis.map(|redis| redis.watched(&metrics.store_connections)),
            amqp: Amqp::new(&config)?,
            capacity: Capacity::new(&config.server, config.postgres.max_connections, &metrics.work),
            runtime,
            postgres,
            health: Health::new(metrics.degraded.clone()),
            metrics,
            invalidations: Invalidations::new(config.redis.addresses.is_empty()),
            outbox: Wake::default(),
            keys_in_use: KeysInUse::default(),
            config,
        };
        Ok(Self { inner: Arc::new(inner), purpose: Purpose::Requests })
    }

    /// The same for another purpose.
    pub fn of(&self, purpose: Purpose) -> Self {
        Self { inner: Arc::clone(&self.inner), purpose }
    }

    /// What its connections are for.
    pub fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Redis, when configured.
    pub fn redis(&self) -> Option<&Redis> {
        Some(self.inner.redis.as_ref()?.of(self.purpose))
    }

    /// Connections that see every committed write.
    pub fn primary(&self) -> &Pool {
        self.postgres.primary(self.purpose)
    }

    /// For statements on the primary that need no transaction and hold no connection afterwards; they
    /// wait for one as long as a request may take.
    pub fn db(&self) -> Db<'_> {
        let deadline = Instant::now() + Duration::from_secs(self.config.server.timeout_secs);
        self.read(deadline)
    }

    /// For reads that must see every committed write.
    pub fn read(&self, deadline: Instant) -> Db<'_> {
        Db::pool(self.primary(), deadline, &self.metrics.statements)
    }

    /// For reads that may be served by the read-only copy, where there is one.
    pub fn stale_read(&self, deadline: Instant) -> Db<'_> {
        Db::pool(self.postgres.stale(self.purpose), deadline, &self.metrics.statements)
    }

    /// As [`Stores::read`] for statements that also read rows of tenants, those of `scope`.
    pub fn read_of(&self, scope: Scope, deadline: Instant) -> Db<'_> {
        Db::pool_within(self.primary(), deadline, scope, &self.metrics.statements)
    }

    /// As [`Stores::stale_read`] for statements that also read rows of tenants, those of `scope`.
    pub fn stale_read_of(&self, scope: Scope, deadline: Instant) -> Db<'_> {
        let (pool, metrics) = (self.postgres.stale(self.purpose), &self.metrics.statements);
        Db::pool_within(pool, deadline, scope, metrics)
    }

    /// Asks PostgreSQL and ClickHouse for the version of their schemas.
    pub async fn schemas(&self) -> SchemaVersions {
        let postgres = SchemaVersion::of_postgres(self.postgres.direct());
        let clickhouse = async {
            let clickhouse = self.clickhouse.as_ref()?;
            answered(SchemaVersion::of_clickhouse(clickhouse.client())).await
        };
        let (postgres, clickhouse) = tokio::join!(answered(postgres), clickhouse);
        SchemaVersions { postgres, clickhouse }
    }

    /// Announces to this process at once and to every replica through Redis, where there is one.
    ///
    /// # Errors
    /// Redis does not take it; this process has been told all the same.
    pub async fn announce(&self, invalidation: &Invalidation) -> Result<(), Error> {
        self.invalidations.apply(invalidation);
        let Some(redis) = self.redis() else { return Ok(()) };
        redis.publish(CHANNEL, &invalidation.text()).await
    }

    /// Host and port of the broker; empty without one.
    pub fn amqp_address(&self) -> String {
        self.amqp.as_ref().map(Amqp::address).unwrap_or_default()
    }

    /// Asks every store whether it answers, all at once, and records in the health which do not.
    pub async fn check(&self) -> StoreStates {
        // Boxed: together they are larger than the stack of a worker likes.
        // The connections without which nobody can sign in.
        let gateway = self.of(Purpose::Gateway);
        let postgres = Box::pin(async {
            let answer = gateway.db().execute_unprepared("SELECT 1").await;
            answer.map(drop).map_err(Error::from)
        });
        let clickhouse = optional(self.clickhouse.as_ref().map(|store| Box::pin(store.ping())));
        let redis = optional(gateway.redis().map(|store| Box::pin(store.ping())));
        let rabbitmq = optional(self.amqp.as_ref().map(|store| Box::pin(store.ping())));
        let schemas = Box::pin(self.schemas());
        let asking = Box::pin(async {
            let postgres = asked(postgres, PATIENCE);
            tokio::join!(postgres, clickhouse, redis, rabbitmq, schemas)
        });
        let (postgres, clickhouse, redis, rabbitmq, schema) = self.runtime.run(asking).await;
        match schema.check() {
            Ok(()) => self.health.restored(SCHEMA),
            Err(reason) => self.health.degraded(SCHEMA, "old", &reason.to_string()),
        }
        let state = |name, answer| self.record(name, answer);
        StoreStates {
            postgres: state("postgres", Some(postgres)),
            clickhouse: state("clickhouse", clickhouse),
            redis: state("redis", redis),
            rabbitmq: state("rabbitmq", rabbitmq),
            schema,
        }
    }

    /// `answer` is `None` of a store that is not configured.
    fn record(&self, name: &'static str, answer: Option<Result<(), String>>) -> StoreState {
        let state = match answer {
            None => StoreState::Absent,
            Some(Ok(())) => StoreState::Up,
            Some(Err(reason)) => {
                self.health.degraded(name, "away", &reason);
                StoreState::Down
            }
        };
        if state != StoreState::Down {
            self.health.restored(name);
        }
        self.metrics.store_up.with_label_values(&[name]).set(i64::from(state == StoreState::Up));
        state
    }
}

impl StoreStates {
    /// Name and state of each store.
    pub fn named(&self) -> [(&'static str, StoreState); 4] {
        [
            ("postgres", self.postgres),
            ("clickhouse", self.clickhouse),
            ("redis", self.redis),
            ("rabbitmq", self.rabbitmq),
        ]
    }

    /// Whether the process can serve: PostgreSQL answers, and no schema is older than this binary needs.
    /// What the other stores are missed for is refused, or done in another way.
    pub fn is_ready(&self) -> bool {
        self.postgres == StoreState::Up && self.schema.check().is_ok()
    }
}

/// Name of the schemas in the health.
const SCHEMA: &str = "schema";
/// Time that PostgreSQL has to answer a check: a busy one still serves.
const PATIENCE: Duration = Duration::from_secs(2);
/// Time that the others have: whoever probes waits for a second as a rule.
const LIMIT: Duration = Duration::from_millis(800);

async fn answered<T>(asking: impl Future<Output = Result<T, Error>>) -> Option<T> {
    match tokio::time::timeout(LIMIT, asking).await {
        Ok(answer) => answer.ok(),
        Err(_) => None,
    }
}

/// As [`asked`], of a store that may not be configured.
async fn optional(
    check: Option<impl Future<Output = Result<(), Error>>>,
) -> Option<Result<(), String>> {
    Some(asked(check?, LIMIT).await)
}

/// Why a store does not answer, if it does not.
async fn asked(
    check: impl Future<Output = Result<(), Error>>,
    limit: Duration,
) -> Result<(), String> {
    match tokio::time::timeout(limit, check).await {
        Ok(answer) => answer.map_err(|error| error.to_string()),
        Err(_) => Err(format!("no answer in {} ms", limit.as_millis())),
    }
}

fn metrics(config: &Config) -> Result<Metrics, prometheus::Error> {
    Metrics::new(Duration::from_millis(config.log.slow_statement_ms), &config.metrics)
}
