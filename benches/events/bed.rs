//! An application on a database of its own that writes one row per event.

use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use amqprs::channel::QueueDeleteArguments;
use coffee::app::App;
use coffee::core::caller::Caller;
use coffee::core::config::Config;
use coffee::core::events::{Queue, Subscription, Topology};
use coffee::core::stores::Stores;
use coffee::core::unit_of_work::UnitOfWork;
use futures_util::FutureExt as _;
use sea_orm::sqlx::{self, PgPool};
use sea_orm::{ConnectionTrait as _, DbBackend, Statement};
use serde::{Deserialize, Serialize};
use tokio_util::sync::CancellationToken;

use super::database::{Database, url};

const SECRET: &str = "YmVuY2gtc2VjcmV0LWJlbmNoLXNlY3JldC1iZW5jaC1zZWNyZXQ=";
const QUEUE: Queue = Queue::new("bench.dx", "bench_events_q");
/// Topic that [`QUEUE`] is bound to.
pub const TOPIC: &str = "bench.dx___bench_events";

/// About 300 bytes as JSON.
#[derive(Clone, Serialize, Deserialize)]
pub struct Payload {
    pub n: i64,
    /// Microseconds since the start of the measurement.
    pub at: u64,
    pub text: String,
}

impl Payload {
    pub fn new(n: i64, at: u64) -> Self {
        Self { n, at, text: "x".repeat(260) }
    }
}

/// What the handler saw.
#[derive(Default)]
pub struct Seen {
    pub effects: AtomicU64,
    /// Microseconds from the payload's time to the committed effect.
    pub latencies: std::sync::Mutex<Vec<u64>>,
}

/// Stores and tables of a measurement.
pub struct Bed {
    /// Of a process that does not serve; see [`Serving::stores`].
    stores: Stores,
    pub owner: PgPool,
    pub seen: Arc<Seen>,
    pub started: Instant,
    config: Config,
    database: Database,
}

impl Bed {
    pub async fn new() -> Self {
        let database = Database::create().await;
        let config = Config::from_toml(&format!(
            "env = \"test\"\nroles = [\"relay\"]\n[operations]\nport = 0\n\
             [postgres]\nurl = \"{}\"\nowner_url = \"{}\"\nmax_connections = 40\n\
             [clickhouse]\nurl = \"\"\n[amqp]\nurl = \"{}\"\n[auth]\nhmac_secret = \"{SECRET}\"\n\
             [log]\nlevel = \"warn\"\n",
            database.url(),
            database.owner_url(),
            url("COFFEE__AMQP__URL"),
        ));
        let config = config.expect("configuration");
        let owner = coffee::core::db::postgres::connect_owner(&config).await.expect("the owner");
        for sql in [
            "CREATE TABLE effect (n bigint, text text)",
            "CREATE TABLE written (id bigserial PRIMARY KEY, text text)",
            "GRANT ALL ON effect, written, written_id_seq TO coffee_app",
        ] {
            sqlx::query(sql).execute(&owner).await.expect("a table");
        }
        let stores = Stores::open(config.clone()).await.expect("stores");
        let (seen, started) = (Arc::default(), Instant::now());
        let bed = Self { stores, owner, seen, started, config, database };
        bed.delete_queue().await;
        bed
    }

    /// Runs an application with these roles until the token is cancelled.
    pub async fn serve(&self, roles: &[coffee::core::config::Role]) -> Serving {
        let mut config = self.config.clone();
        config.roles = roles.to_vec();
        let subscriptions = vec![subscription(Arc::clone(&self.seen), self.started)];
        let topology = Topology { subscriptions, ..Topology::default() };
        let app = App::build(config).await.expect("application builds").listening_to(topology);
        let (stores, operations) = (app.stores().clone(), app.operations_address());
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn(app.run(stop.clone()));
        Serving { running, stop, stores, operations }
    }

    /// A unit of work that nobody is told of.
    pub fn unit(&self) -> UnitOfWork {
        unit(&self.stores)
    }

    /// Microseconds since the start.
    pub fn now(&self) -> u64 {
        u64::try_from(self.started.elapsed().as_micros()).unwrap_or(u64::MAX)
    }

    /// Puts `count` events of a thousand aggregates into the outbox at once.
    pub async fn fill(&self, count: usize) {
        let sql = "INSERT INTO event_outbox (message_id, topic, order_key, headers, payload) \
                   SELECT gen_random_uuid(), $1, (n % 1000)::text, '{\"x-bb-partner-id\": \"10\"}', \
                          jsonb_build_object('n', n, 'at', 0, 'text', repeat('x', 260)) \
                   FROM generate_series(1, $2) n";
        let fill = sqlx::query(sql).bind(TOPIC).bind(i64::try_from(count).expect("a count"));
        fill.execute(&self.owner).await.expect("filled");
    }

    /// Waits until `done` holds, which is asked every few milliseconds.
    pub async fn until(&self, what: &str, done: impl AsyncFn() -> bool) {
        let deadline = Instant::now() + Duration::from_secs(120);
        while !done().await {
            assert!(Instant::now() < deadline, "never happened: {what}");
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
    }

    pub fn effects(&self) -> u64 {
        self.seen.effects.load(Ordering::Relaxed)
    }

    async fn delete_queue(&self) {
        let amqp = self.stores.amqp.as_ref().expect("RabbitMQ is needed");
        let connection = amqp.connect().await.expect("RabbitMQ answers");
        let channel = connection.open_channel(None).await.expect("a channel");
        let _ = channel.queue_delete(QueueDeleteArguments::new(QUEUE.name)).await;
        let _ = connection.close().await;
    }

    pub async fn end(self) {
        self.delete_queue().await;
        Database::drop_now(&self.database.name).await;
    }
}

/// A running application.
pub struct Serving {
    running: tokio::task::JoinHandle<std::io::Result<()>>,
    stop: CancellationToken,
    stores: Stores,
    operations: SocketAddr,
}

impl Serving {
    /// A unit of work of this process.
    pub fn unit(&self) -> UnitOfWork {
        unit(&self.stores)
    }

    /// Tells the relay that events were committed.
    pub fn wake(&self) {
        self.stores.outbox.wake();
    }

    /// Events that the broker confirmed.
    pub fn carried(&self) -> u64 {
        self.stores.metrics.events.carried.get()
    }

    /// Quantiles in milliseconds of the time to a confirm, as far as the metric's buckets tell: each is
    /// the upper bound of its bucket.
    pub async fn confirmed(&self, shares: [f64; 2]) -> [f64; 2] {
        let text = reqwest::get(format!("http://{}/metrics", self.operations)).await;
        let text = text.expect("metrics").text().await.expect("a text");
        let buckets: Vec<(f64, f64)> = text.lines().filter_map(bucket).collect();
        let total = buckets.last().map_or(0.0, |(_, count)| *count);
        shares.map(|share| {
            let found = buckets.iter().find(|(_, count)| *count >= total * share);
            found.map_or(f64::NAN, |(bound, _)| bound * 1000.0)
        })
    }

    pub async fn stop(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("served");
    }
}

fn subscription(seen: Arc<Seen>, started: Instant) -> Subscription {
    Subscription::new(QUEUE, "bench", move |unit: &UnitOfWork, payload: Payload| {
        let seen = Arc::clone(&seen);
        let task = async move {
            let now = u64::try_from(started.elapsed().as_micros()).unwrap_or(u64::MAX);
            seen.effects.fetch_add(1, Ordering::Relaxed);
            if payload.at > 0 {
                seen.latencies.lock().expect("no panic").push(now.saturating_sub(payload.at));
            }
        };
        unit.after_commit(task);
        async move {
            let insert = Statement::from_sql_and_values(
                DbBackend::Postgres,
                "INSERT INTO effect (n, text) VALUES ($1, $2)",
                [payload.n.into(), payload.text.into()],
            );
            unit.write().await?.execute_raw(insert).await?;
            Ok(())
        }
        .boxed()
    })
    .concurrency(2)
    .together(100)
}

fn unit(stores: &Stores) -> UnitOfWork {
    let caller = Caller { partner_id: Some(10), account_id: Some(1), ..Caller::default() };
    UnitOfWork::new(stores.clone(), Arc::new(caller), Instant::now() + Duration::from_secs(30))
}

/// Bound in seconds and cumulative count.
fn bucket(line: &str) -> Option<(f64, f64)> {
    let rest = line.strip_prefix("coffee_event_carried_seconds_bucket{")?;
    let (_, bound) = rest.split_once("le=\"")?;
    let (bound, count) = bound.split_once('"')?;
    let bound = if bound == "+Inf" { f64::INFINITY } else { bound.parse().ok()? };
    Some((bound, count.rsplit(' ').next()?.parse().ok()?))
}
