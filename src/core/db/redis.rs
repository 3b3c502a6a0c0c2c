//! Redis: a stand-alone server or a cluster behind one type.

use std::sync::Arc;
use std::time::{Duration, Instant};

use deadpool_redis::redis::cluster::{ClusterClient, ClusterClientBuilder};
use deadpool_redis::redis::cluster_async::ClusterConnection;
use deadpool_redis::redis::cluster_routing::{
    MultipleNodeRoutingInfo, ResponsePolicy, RoutingInfo,
};
use deadpool_redis::redis::{Cmd, FromRedisValue, RedisError, Value, cmd, from_redis_value};
use deadpool_redis::{Runtime, Timeouts};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use tokio::sync::OnceCell;

use super::StoreRuntime;
use super::pauses::{Pauses, Verdict, key_of, range_of};
use super::pool::{PerPurpose, Purpose};
use crate::core::config::{Config, RedisConfig};
use crate::core::error::Error;
use crate::core::telemetry::{ConnectionGauges, Load, StoreMetrics};

/// Redis as each purpose has it: with connections of its own, so that no look-up of the gateway waits
/// behind others' commands. A server that does not answer is paused for all of them.
pub struct RedisPools(PerPurpose<Redis>);

impl RedisPools {
    /// `None` when no address is configured; several addresses are a cluster.
    ///
    /// # Errors
    /// An address that is not `host:port`.
    pub fn new(
        config: &Config,
        runtime: &StoreRuntime,
        metrics: &StoreMetrics,
    ) -> Result<Option<Self>, Error> {
        let section = &config.redis;
        let urls: Vec<String> = section.addresses.iter().map(|a| url(section, a)).collect();
        if urls.is_empty() {
            return Ok(None);
        }
        let (pauses, shared) = (Arc::new(Pauses::new()), Arc::new(section.clone()));
        let redis = || {
            let pool = match urls.as_slice() {
                [one] => Pool::Single(single(section, one)?),
                _ => Pool::Cluster(Arc::new(clustered(section, urls.clone())?)),
            };
            Ok::<_, Error>(Redis {
                pool,
                pauses: Arc::clone(&pauses),
                runtime: runtime.clone(),
                timeout: Duration::from_millis(section.timeout_ms),
                prefix: section.key_prefix.clone(),
                section: Arc::clone(&shared),
                metrics: metrics.clone(),
            })
        };
        let (gateway, requests, background) = (redis()?, redis()?, redis()?);
        Ok(Some(Self(PerPurpose { gateway, requests, background })))
    }

    /// That of a purpose.
    pub fn of(&self, purpose: Purpose) -> &Redis {
        self.0.of(purpose)
    }

    /// Has connections and waiting commands shown.
    pub fn watched(self, gauges: &ConnectionGauges) -> Self {
        for (name, redis) in self.0.named() {
            let redis = redis.clone();
            gauges.watch(("redis", name), move || redis.load());
        }
        self
    }
}

/// Pool of connections. Opened lazily; a broken connection is replaced at the next use.
///
/// After a command without an answer nobody waits for another one: for a second every command on the
/// same keys fails at once ([`is_pause`]), then one look in the background decides how it goes on.
#[derive(Clone)]
pub struct Redis {
    pool: Pool,
    pauses: Arc<Pauses>,
    runtime: StoreRuntime,
    timeout: Duration,
    prefix: String,
    section: Arc<RedisConfig>,
    metrics: StoreMetrics,
}

#[derive(Clone)]
enum Pool {
    Single(deadpool_redis::Pool),
    Cluster(Arc<Cluster>),
}

/// One connection to each node, shared by all commands: a pool would ask every node whether it still
/// answers before each command, and one that is away would take the others along.
struct Cluster {
    client: ClusterClient,
    connection: OnceCell<ClusterConnection>,
}

impl Cluster {
    async fn connection(&self) -> Result<ClusterConnection, RedisError> {
        self.connection.get_or_try_init(|| self.client.get_async_connection()).await.cloned()
    }
}

impl Redis {
    /// The key with the installation's prefix.
    pub fn key(&self, key: &str) -> String {
        format!("{}{key}", self.prefix)
    }

    /// Connections in use, and commands that wait for one; a cluster has one to each node.
    pub fn load(&self) -> Load {
        match &self.pool {
            Pool::Single(pool) => {
                let status = pool.status();
                (status.size.saturating_sub(status.available), status.waiting)
            }
            Pool::Cluster(_) => (0, 0),
        }
    }

    /// Runs one command within the configured time.
    ///
    /// # Errors
    /// No connection, a refused command, no answer in time, or none to an earlier command.
    pub async fn run<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Error> {
        let range = self.range(command);
        match self.pauses.verdict(range) {
            Verdict::Ask => {}
            Verdict::Skip => return Err(Error::internal("redis", Paused)),
            Verdict::Probe => {
                self.probe(range, command);
                return Err(Error::internal("redis", Paused));
            }
        }
        let outcome = self.in_time(self.run_unbounded(command)).await;
        self.learn(range, &outcome);
        outcome
    }

    /// Finds out in the background whether the keys of a range can be asked for again.
    fn probe(&self, range: usize, command: &Cmd) {
        let mut probe = cmd("EXISTS");
        probe.arg(key_of(command).unwrap_or_default());
        let redis = self.clone();
        self.runtime.spawn(async move {
            let outcome = redis.in_time(redis.run_unbounded::<Value>(&probe)).await;
            redis.learn(range, &outcome);
        });
    }

    fn learn<T>(&self, range: usize, outcome: &Result<T, Error>) {
        match outcome {
            Err(error) if !is_answer(error) => {
                if self.pauses.begin(range) {
                    tracing::warn!(%error, "redis does not answer; asked again after a second");
                }
            }
            _ => self.pauses.end(range),
        }
    }

    /// The commands that pause together: on keys that a cluster keeps on one node, or all.
    fn range(&self, command: &Cmd) -> usize {
        match &self.pool {
            Pool::Single(_) => 0,
            Pool::Cluster(_) => key_of(command).map_or(0, range_of),
        }
    }

    /// The outcome of `work` if it comes within the configured time.
    pub(super) async fn in_time<T>(
        &self,
        work: impl Future<Output = Result<T, Error>>,
    ) -> Result<T, Error> {
        let started = Instant::now();
        let outcome = tokio::time::timeout(self.timeout, self.runtime.run(work)).await;
        self.metrics.command(started.elapsed());
        match outcome {
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
            Pool::Cluster(cluster) => {
                let mut connection = cluster.connection().await.map_err(failed)?;
                command.query_async(&mut connection).await.map_err(failed)
            }
        }
    }

    /// Whether the server, or at least one node of the cluster, answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        match &self.pool {
            Pool::Single(_) => {
                let ping = cmd("PING");
                self.in_time(self.run_unbounded::<Value>(&ping)).await.map(drop)
            }
            Pool::Cluster(_) => self.run_anywhere(cmd("PING")).await,
        }
    }

    /// Publishes `text` on `channel` (without the installation's prefix). In a cluster on every
    /// master, so that one that is away keeps nothing from those who listen to all of them.
    ///
    /// # Errors
    /// No server takes it.
    pub async fn publish(&self, channel: &str, text: &str) -> Result<(), Error> {
        let mut publish = cmd("PUBLISH");
        publish.arg(self.key(channel)).arg(text);
        self.run_anywhere(publish).await
    }

    /// Sends a command to the server or to every master; one that answers is enough.
    async fn run_anywhere(&self, command: Cmd) -> Result<(), Error> {
        let Pool::Cluster(cluster) = &self.pool else {
            return self.run::<Value>(&command).await.map(drop);
        };
        let any = (MultipleNodeRoutingInfo::AllMasters, Some(ResponsePolicy::OneSucceeded));
        let asking = async {
            let mut connection = cluster.connection().await?;
            connection.route_command(command, RoutingInfo::MultiNode(any)).await
        };
        let asking = async { asking.await.map_err(|error| Error::internal("redis", error)) };
        self.in_time(asking).await.map(drop)
    }

    /// URLs of the servers that hold keys: the configured one, or the masters of the cluster as one
    /// of its nodes knows them.
    pub(super) async fn masters(&self) -> Result<Vec<String>, Error> {
        if matches!(self.pool, Pool::Single(_)) {
            let configured = self.section.addresses.iter();
            return Ok(configured.map(|address| url(&self.section, address)).collect());
        }
        // First and last slot, then the master and its replicas: host, port, …
        let mut asking = cmd("CLUSTER");
        let asking = self.run_unbounded(asking.arg("SLOTS"));
        let slots: Vec<Vec<Value>> = self.in_time(asking).await?;
        let masters = slots.into_iter().filter_map(|range| {
            let master: Vec<Value> = from_redis_value(range.into_iter().nth(2)?).ok()?;
            let mut master = master.into_iter();
            let host: String = from_redis_value(master.next()?).ok()?;
            let port: u16 = from_redis_value(master.next()?).ok()?;
            Some(url(&self.section, &format!("{host}:{port}")))
        });
        let mut masters: Vec<String> = masters.collect();
        masters.sort_unstable();
        masters.dedup();
        Ok(masters)
    }
}

/// Redis did not answer a moment ago.
#[derive(Debug, thiserror::Error)]
#[error("not asked: it did not answer within the last second")]
struct Paused;

/// Whether Redis was not asked because it did not answer a moment ago, which was logged then.
pub fn is_pause(error: &Error) -> bool {
    matches!(error, Error::Internal { source, .. } if source.is::<Paused>())
}

/// Logs that something could not be done in Redis.
pub fn report(error: &Error, what: &'static str) {
    if is_pause(error) {
        tracing::debug!(%error, "{what}");
    } else {
        tracing::warn!(%error, "{what}");
    }
}

/// Whether the server itself answered so.
fn is_answer(error: &Error) -> bool {
    let Error::Internal { source, .. } = error else { return false };
    source.downcast_ref::<RedisError>().is_some_and(|error| error.code().is_some())
}

fn url(section: &RedisConfig, address: &str) -> String {
    let scheme = if section.tls { "rediss" } else { "redis" };
    if section.password.is_empty() {
        return format!("{scheme}://{address}");
    }
    let password = utf8_percent_encode(section.password.expose(), NON_ALPHANUMERIC);
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

fn clustered(section: &RedisConfig, urls: Vec<String>) -> Result<Cluster, Error> {
    let limit = Duration::from_millis(section.timeout_ms);
    let client = ClusterClientBuilder::new(urls)
        .connection_timeout(limit)
        .response_timeout(limit)
        .build()
        .map_err(|error| Error::internal("redis", error))?;
    Ok(Cluster { client, connection: OnceCell::new() })
}

fn timeouts(section: &RedisConfig) -> Timeouts {
    let limit = Some(Duration::from_millis(section.timeout_ms));
    Timeouts { wait: limit, create: limit, recycle: limit }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_may_hold_anything() {
        let toml = "[redis]\npassword = \"a b+c/@:%\"";
        let config = Config::from_toml(toml).expect("loads");
        let url = url(&config.redis, "h:1");
        assert_eq!(url, "redis://:a%20b%2Bc%2F%40%3A%25@h:1");
        let parsed = deadpool_redis::redis::Client::open(url).expect("an address");
        let password = parsed.get_connection_info().redis_settings().password();
        assert_eq!(password, Some("a b+c/@:%"));
    }
}
