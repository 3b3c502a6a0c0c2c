//! Redis: a stand-alone server or a cluster behind one type.

use std::time::Duration;

use deadpool_redis::redis::{Cmd, FromRedisValue, RedisError};
use deadpool_redis::{Runtime, Timeouts, cluster};

use crate::core::config::{Config, RedisConfig};
use crate::core::error::Error;

/// Pool of connections. Opened lazily; a broken connection is replaced at the next use.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
    timeout: Duration,
    prefix: String,
}

#[derive(Clone)]
enum Pool {
    Single(deadpool_redis::Pool),
    Cluster(cluster::Pool),
}

impl Redis {
    /// `None` when no address is configured; several addresses are a cluster.
    ///
    /// # Errors
    /// An address that is not `host:port`.
    pub fn new(config: &Config) -> Result<Option<Self>, Error> {
        let section = &config.redis;
        let urls: Vec<String> = section.addresses.iter().map(|a| url(section, a)).collect();
        let pool = match urls.as_slice() {
            [] => return Ok(None),
            [one] => Pool::Single(single(section, one)?),
            _ => Pool::Cluster(clustered(section, urls.clone())?),
        };
        let timeout = Duration::from_millis(section.timeout_ms);
        Ok(Some(Self { pool, timeout, prefix: section.key_prefix.clone() }))
    }

    /// The key with the installation's prefix.
    pub fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Runs one command within the configured time.
    ///
    /// # Errors
    /// No connection, a refused command, or no answer in time.
    pub async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Error> {
        let running = self.run_unbounded(command);
        match tokio::time::timeout(self.timeout, running).await {
            Ok(outcome) => outcome,
            Err(_) => Err(Error::internal("redis", "no answer in time")),
        }
    }

    async fn run_unbounded<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Error> {
        let failed = |error: RedisError| Error::internal("redis", error);
        match &self.pool {
            Pool::Single(pool) => {
                let mut connection = pool.get().await.map_err(|e| Error::internal("redis", e))?;
                command.query_async(&mut connection).await.map_err(failed)
            }
            Pool::Cluster(pool) => {
                let mut connection = pool.get().await.map_err(|e| Error::internal("redis", e))?;
                command.query_async(&mut connection).await.map_err(failed)
            }
        }
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.run::<String>(&deadpool_redis::redis::cmd("PING")).await.map(drop)
    }
}

fn url(section: &RedisConfig, address: &str) -> String {
    let scheme = if section.tls { "rediss" } else { "redis" };
    if section.password.is_empty() {
        return format!("{scheme}://{address}");
    }
    let password = section.password.expose().as_bytes();
    let password: String = url::form_urlencoded::byte_serialize(password).collect();
    format!("{scheme}://:{password}@{address}")
}

fn single(section: &RedisConfig, url: &str) -> Result<deadpool_redis::Pool, Error> {
    deadpool_redis::Config::from_url(url)
        .builder()
        .map_err(|error| Error::internal("redis", error))?
        .max_size(section.pool_size)
        .timeouts(timeouts(section))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| Error::internal("redis", error))
}

fn clustered(section: &RedisConfig, urls: Vec<String>) -> Result<cluster::Pool, Error> {
    cluster::Config::from_urls(urls)
        .builder()
        .map_err(|error| Error::internal("redis", error))?
        .max_size(section.pool_size)
        .timeouts(timeouts(section))
        .runtime(Runtime::Tokio1)
        .build()
        .map_err(|error| Error::internal("redis", error))
}

fn timeouts(section: &RedisConfig) -> Timeouts {
    let limit = Some(Duration::from_millis(section.timeout_ms));
    Timeouts { wait: limit, create: limit, recycle: limit }
}
