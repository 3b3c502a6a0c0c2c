//! ClickHouse through the official client: opened lazily, one HTTP pool per replica.

use std::sync::Arc;
use std::time::{Duration, Instant};

use clickhouse::query::Query;
use clickhouse::{Client, RowOwned, RowRead};
use tokio::sync::{Mutex, OnceCell, OwnedSemaphorePermit, Semaphore};
use uuid::Uuid;

use super::Purpose;
use crate::core::config::{ClickHouseConfig, Config};
use crate::core::error::Error;
use crate::core::telemetry::{ConnectionGauges, Load, StoreMetrics, Waiting};

/// How long a process goes on reading the generation that it saw last.
const GENERATION_AGE: Duration = Duration::from_secs(1);
/// Before the first rebuild there is none; the rows are of generation 0 then.
const GENERATION: &str =
    "SELECT max(generation) FROM derived_generations WHERE state = 'published'";

/// Address and limits of ClickHouse. Nothing is connected until the first query.
#[derive(Clone)]
pub struct ClickHouse {
    client: Client,
    requests: Queue,
    background: Queue,
    max_execution: Duration,
    newest: Arc<Mutex<Option<(Instant, u64)>>>,
}

/// A client for one unit of work; holds one of the replica's places for queries.
pub struct ClickHouseSession {
    client: Client,
    deadline: Instant,
    max_execution: Duration,
    generation: u64,
    metrics: StoreMetrics,
    _permit: OwnedSemaphorePermit,
}

impl ClickHouseSession {
    /// A query of the official client: limited to what is left of the request, and cancelled by the server
    /// when the request is given up. Each has an id by which it is found in the server's log. It takes the
    /// values that are bound to it and is run by [`ClickHouseSession::rows`].
    pub fn query(&self, sql: &str) -> Query {
        self.client().query(sql)
    }

    /// A derived table for the `FROM` of a query, which a `WHERE` may follow: its rows of the generation
    /// that the whole answer reads. A join takes it as a subquery, `(SELECT … FROM …)`.
    ///
    /// This is the only way to such a table: a rebuild writes the next generation beside this one, so
    /// without it rows would appear twice.
    pub fn derived(&self, table: &'static str) -> String {
        format!("{table} FINAL PREWHERE generation = {}", self.generation)
    }

    fn client(&self) -> Client {
        let left = self.deadline.saturating_duration_since(Instant::now());
        let limit = left.min(self.max_execution).as_secs_f64().max(0.001);
        self.client
            .clone()
            .with_setting("query_id", Uuid::new_v4().to_string())
            .with_setting("max_execution_time", format!("{limit:.3}"))
            // The server cancels only what cannot write.
            .with_setting("readonly", "2")
            .with_setting("cancel_http_readonly_queries_on_client_close", "1")
            // The summary of what was read is complete, and an error is the whole answer.
            .with_setting("wait_end_of_query", "1")
    }

    /// The rows of a query, timed and counted.
    ///
    /// # Errors
    /// The store fails or takes too long, or its columns differ from the fields of `R`.
    pub async fn rows<R: RowOwned + RowRead>(&self, query: Query) -> Result<Vec<R>, Error> {
        let started = Instant::now();
        let rows = self.read(query).await;
        self.metrics.query(started.elapsed());
        Ok(rows?)
    }

    async fn read<R: RowOwned + RowRead>(
        &self,
        query: Query,
    ) -> Result<Vec<R>, clickhouse::error::Error> {
        let mut cursor = query.fetch::<R>()?;
        let mut rows = Vec::new();
        while let Some(row) = cursor.next().await? {
            rows.push(row);
        }
        if let Some(summary) = cursor.summary() {
            let (rows, bytes) = (summary.read_rows(), summary.read_bytes());
            self.metrics.read(rows.unwrap_or_default(), bytes.unwrap_or_default());
        }
        Ok(rows)
    }
}

impl ClickHouse {
    /// `None` when no address is configured.
    pub fn new(config: &Config) -> Option<Self> {
        let section = &config.clickhouse;
        (!section.url.is_empty()).then(|| Self {
            client: client(section),
            requests: Queue::new(
                section.max_connections,
                section.max_waiting,
                Duration::from_millis(section.max_wait_ms),
            ),
            background: Queue::new(section.background_connections, usize::MAX, Duration::MAX),
            max_execution: Duration::from_secs(section.max_execution_secs),
            newest: Arc::default(),
        })
    }

    /// Has the places for queries shown.
    pub fn watched(self, gauges: &ConnectionGauges) -> Self {
        for (name, queue) in [("requests", &self.requests), ("background", &self.background)] {
            let queue = queue.clone();
            gauges.watch(("clickhouse", name), move || queue.load());
        }
        self
    }

    /// A place for queries that end by `deadline`. Requests and background work do not wait for each
    /// other. `generation` is the one of the derived tables that the answer reads, taken the first time:
    /// an answer of several statements never mixes two.
    ///
    /// # Errors
    /// [`Error::Overloaded`] when too many wait already, or none became free soon;
    /// [`Error::TimedOut`] at the deadline.
    pub async fn session(
        &self,
        (purpose, deadline): (Purpose, Instant),
        metrics: &StoreMetrics,
        generation: &OnceCell<u64>,
    ) -> Result<ClickHouseSession, Error> {
        let queue = match purpose {
            Purpose::Gateway | Purpose::Requests => &self.requests,
            Purpose::Background => &self.background,
        };
        let permit = queue.enter(deadline).await?;
        let session = ClickHouseSession {
            client: self.client.clone(),
            deadline,
            max_execution: self.max_execution,
            generation: 0,
            metrics: metrics.clone(),
            _permit: permit,
        };
        let generation = *generation.get_or_try_init(|| self.newest(&session)).await?;
        Ok(ClickHouseSession { generation, ..session })
    }

    /// Has the next answer look for a newer generation, after this process published one.
    pub async fn forget_generation(&self) {
        *self.newest.lock().await = None;
    }

    /// The newest published generation. One asks for all.
    async fn newest(&self, session: &ClickHouseSession) -> Result<u64, Error> {
        let mut newest = self.newest.lock().await;
        if let Some((_, generation)) = newest.filter(|(at, _)| at.elapsed() < GENERATION_AGE) {
            return Ok(generation);
        }
        let rows = session.rows(session.query(GENERATION)).await?;
        let generation = rows.into_iter().next().unwrap_or_default();
        *newest = Some((Instant::now(), generation));
        Ok(generation)
    }

    /// Client without a request behind it, for commands and jobs.
    pub fn client(&self) -> &Client {
        &self.client
    }

    /// Whether the server answers.
    ///
    /// # Errors
    /// It does not.
    pub async fn ping(&self) -> Result<(), Error> {
        self.client.query("SELECT 1").fetch_one::<u8>().await?;
        Ok(())
    }
}

/// Places for queries, and who waits for one.
#[derive(Clone)]
struct Queue {
    size: usize,
    permits: Arc<Semaphore>,
    waiting: Waiting,
    max_waiting: usize,
    max_wait: Duration,
}

impl Queue {
    fn new(size: usize, max_waiting: usize, max_wait: Duration) -> Self {
        let (permits, waiting) = (Arc::new(Semaphore::new(size)), Waiting::default());
        Self { size, permits, waiting, max_waiting, max_wait }
    }

    async fn enter(&self, deadline: Instant) -> Result<OwnedSemaphorePermit, Error> {
        if let Ok(permit) = Arc::clone(&self.permits).try_acquire_owned() {
            return Ok(permit);
        }
        if self.waiting.count() >= self.max_waiting {
            return Err(Error::Overloaded);
        }
        let _waiter = self.waiting.enter();
        let patience = Instant::now().checked_add(self.max_wait);
        let until = patience.map_or(deadline, |patience| patience.min(deadline));
        let waiting = Arc::clone(&self.permits).acquire_owned();
        match tokio::time::timeout_at(until.into(), waiting).await {
            Ok(permit) => permit.map_err(|error| Error::internal("clickhouse", error)),
            Err(_) if until == deadline => Err(Error::TimedOut),
            Err(_) => Err(Error::Overloaded),
        }
    }

    fn load(&self) -> Load {
        let in_use = self.size.saturating_sub(self.permits.available_permits());
        (in_use, self.waiting.count())
    }
}

fn client(section: &ClickHouseConfig) -> Client {
    let client = Client::default()
        .with_url(&section.url)
        .with_database(&section.database)
        .with_user(&section.user);
    if section.password.is_empty() {
        client
    } else {
        client.with_password(section.password.expose())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn soon() -> Instant {
        Instant::now() + Duration::from_millis(50)
    }

    #[tokio::test]
    async fn waiting_for_a_place_is_bounded_in_number_and_time() {
        let queue = Queue::new(1, 1, Duration::from_millis(10));
        let later = Instant::now() + Duration::from_secs(60);
        let held = queue.enter(later).await.expect("free");
        let (waited, refused) = tokio::join!(queue.enter(later), queue.enter(later));
        assert!(matches!(waited, Err(Error::Overloaded)), "not for long");
        assert!(matches!(refused, Err(Error::Overloaded)), "one waits already");
        assert_eq!(queue.load(), (1, 0));
        drop(held);
        assert!(queue.enter(later).await.is_ok());
        assert_eq!(queue.load(), (0, 0));
    }

    #[tokio::test]
    async fn a_wait_until_the_deadline_is_a_timeout() {
        let queue = Queue::new(1, 1, Duration::from_secs(60));
        let _held = queue.enter(soon()).await.expect("free");
        assert!(matches!(queue.enter(soon()).await, Err(Error::TimedOut)));
    }

    #[test]
    fn a_query_may_take_what_is_left_when_it_is_made() {
        let config = Config::from_toml("").expect("defaults");
        let clickhouse = ClickHouse::new(&config).expect("configured");
        let permits = Arc::new(Semaphore::new(1));
        let session = ClickHouseSession {
            client: clickhouse.client,
            deadline: Instant::now() + Duration::from_secs(3),
            max_execution: Duration::from_secs(60),
            generation: 0,
            metrics: StoreMetrics::new(&prometheus::Registry::new()).expect("registers"),
            _permit: permits.try_acquire_owned().expect("free"),
        };
        let limit = |client: &Client| -> f64 {
            let limit = client.get_setting("max_execution_time").expect("set");
            limit.parse().expect("a number")
        };
        let (first, second) = (session.client(), session.client());
        assert!(limit(&first) <= 3.0 && limit(&second) <= limit(&first));
        assert_ne!(first.get_setting("query_id"), second.get_setting("query_id"));
    }
}
