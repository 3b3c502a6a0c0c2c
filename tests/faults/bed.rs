//! The stores of a test, its servers and what has to be true in the end.

use std::time::{Duration, Instant};

use coffee::commands::token::{TokenArgs, issue};
use coffee::core::config::Config;
use coffee::core::types::Plan;
use futures_util::join;
use sea_orm::sqlx::postgres::PgPoolOptions;
use sea_orm::sqlx::{self, AssertSqlSafe, PgPool};

use super::broker::Broker;
use super::clickhouse::ClickHouseServer;
use super::load::{Load, Written};
use super::postgres::PostgresServer;
use super::process::PAUSE;
use super::server::{QUEUE, Server, Settings};

const SECRET: &str = "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQ=";
/// No unique key on the effects: a second one has to show.
const TABLES: [&str; 3] = [
    "CREATE TABLE fault_write (id bigint PRIMARY KEY, key bigint NOT NULL)",
    "CREATE TABLE fault_effect (number bigserial, id bigint NOT NULL, key bigint NOT NULL)",
    "GRANT ALL ON fault_write, fault_effect, fault_effect_number_seq TO coffee_app",
];

/// Stores of a test's own.
pub struct Bed {
    pub broker: Option<Broker>,
    pub clickhouse: Option<ClickHouseServer>,
    pub postgres: PostgresServer,
    /// Superuser: sees every row and every session.
    pub admin: PgPool,
    pub settings: Settings,
    token: String,
}

impl Bed {
    pub async fn start(with_broker: bool) -> Self {
        let broker = async { if with_broker { Some(Broker::start().await) } else { None } };
        let (broker, postgres) = join!(broker, PostgresServer::start());
        Self::on(postgres, broker, None).await
    }

    pub async fn start_with_clickhouse(with_broker: bool) -> Self {
        let broker = async { if with_broker { Some(Broker::start().await) } else { None } };
        let (broker, clickhouse, postgres) =
            join!(broker, ClickHouseServer::start(), PostgresServer::start());
        Self::on(postgres, broker, Some(clickhouse)).await
    }

    async fn on(
        postgres: PostgresServer,
        broker: Option<Broker>,
        clickhouse: Option<ClickHouseServer>,
    ) -> Self {
        let config = config(&postgres, broker.as_ref(), clickhouse.as_ref());
        let pool = PgPoolOptions::new().max_connections(2);
        let admin = pool.connect(&postgres.admin_url()).await.expect("PostgreSQL answers");
        for sql in TABLES {
            sqlx::query(sql).execute(&admin).await.expect("a table");
        }
        let token = token(&config, 1).await;
        let settings =
            Settings { config, concurrency: 4, together: 8, deadline_ms: 10_000, pause_ms: 0 };
        Self { broker, clickhouse, postgres, admin, settings, token }
    }

    /// One more server.
    pub async fn server(&self) -> Server {
        Server::start(&self.settings).await
    }

    /// Clients that are signed in.
    pub fn load(&self) -> Load {
        Load::new(self.token.clone())
    }

    /// A token of an account of this partner.
    pub async fn token_of(&self, partner_id: i64) -> String {
        token(&self.settings.config, partner_id).await
    }

    pub async fn execute(&self, sql: &str) {
        let done = sqlx::query(AssertSqlSafe(sql)).execute(&self.admin).await;
        done.unwrap_or_else(|error| panic!("{error}: {sql}"));
    }

    pub async fn number(&self, sql: &str) -> i64 {
        let number = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_one(&self.admin).await;
        number.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    async fn ids(&self, sql: &str) -> Vec<i64> {
        let ids = sqlx::query_scalar(AssertSqlSafe(sql)).fetch_all(&self.admin).await;
        ids.unwrap_or_else(|error| panic!("{error}: {sql}"))
    }

    /// Waits until every event is carried and every write has its effect.
    pub async fn drained(&self, seconds: u64) {
        let deadline = Instant::now() + Duration::from_secs(seconds);
        let waiting = "SELECT count(*) FROM event_outbox";
        let missing = "SELECT count(*) FROM fault_write w \
                       WHERE NOT EXISTS (SELECT FROM fault_effect e WHERE e.id = w.id)";
        loop {
            let (waiting, missing) = (self.number(waiting).await, self.number(missing).await);
            if (waiting, missing) == (0, 0) {
                return;
            }
            if Instant::now() > deadline {
                let given_up = self.given_up().await;
                panic!(
                    "{waiting} events wait, {missing} effects are missing, given up: {given_up:?}"
                );
            }
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Reasons of the messages that were given up.
    pub async fn given_up(&self) -> Vec<String> {
        let Some(broker) = &self.broker else {
            let reasons = sqlx::query_scalar("SELECT error FROM dead_letter ORDER BY id");
            return reasons.fetch_all(&self.admin).await.expect("PostgreSQL answers");
        };
        broker.take(&format!("{}_dlq", QUEUE.name), "x-error").await
    }

    /// Waits until the work is done, stops the servers in order and compares what is stored with what
    /// the clients were told.
    pub async fn settle(&self, servers: Vec<Server>, written: &Written) {
        self.drained(120).await;
        for mut server in servers {
            assert!(server.process.end("TERM", 45).await, "the server failed at its stop");
        }
        self.verify(written).await;
    }

    /// Every acknowledged write is there, every write that is there has its effect exactly once, and
    /// nothing else has one. Nothing is left anywhere.
    async fn verify(&self, written: &Written) {
        let Written { acknowledged, rolled_back, failures, lost, .. } = written;
        let writes = self.ids("SELECT id FROM fault_write ORDER BY id").await;
        let effects = self.ids("SELECT id FROM fault_effect ORDER BY id").await;
        let (refused, told) = (rolled_back.len(), acknowledged.len());
        println!(
            "  {told} acknowledged, {} failed, {lost} without answer, {refused} rolled back: \
             {} rows, {} effects",
            failures.len(),
            writes.len(),
            effects.len()
        );
        let absent = acknowledged.iter().filter(|id| writes.binary_search(id).is_err());
        assert_eq!(absent.collect::<Vec<_>>(), Vec::<&i64>::new(), "acknowledged, but not there");
        let seen =
            |id: &&i64| writes.binary_search(id).is_ok() || effects.binary_search(id).is_ok();
        let seen: Vec<&i64> = rolled_back.iter().filter(seen).collect();
        assert_eq!(seen, Vec::<&i64>::new(), "rolled back, but seen");
        let doubled = effects.windows(2).filter(|two| two[0] == two[1]).map(|two| two[0]);
        assert_eq!(doubled.collect::<Vec<_>>(), Vec::<i64>::new(), "more than one effect");
        assert!(writes == effects, "writes without effect, or effects without write");
        assert_eq!(self.given_up().await, Vec::<String>::new(), "given up");
        if let Some(broker) = &self.broker {
            assert_eq!(broker.waiting(QUEUE.name).await, 0, "messages are left");
        }
    }

    /// Effects of one aggregate came in the order of its writes.
    pub async fn verify_order(&self) {
        let turned = "SELECT count(*) FROM (SELECT id, lag(id) OVER (PARTITION BY key ORDER BY number) \
                      AS before FROM fault_effect) AS pairs WHERE before > id";
        assert_eq!(self.number(turned).await, 0, "effects of an aggregate out of their order");
    }
}

async fn token(config: &str, partner_id: i64) -> String {
    let (account_id, user_id) = (100 + partner_id, 1000 + partner_id);
    let plan = Some(Plan::Paid);
    let args = TokenArgs { partner_id, account_id, user_id, plan, hours: 1 };
    let config = Config::from_toml(config).expect("configuration");
    issue(&config, &args).await.expect("a token")
}

fn config(
    postgres: &PostgresServer,
    broker: Option<&Broker>,
    clickhouse: Option<&ClickHouseServer>,
) -> String {
    format!(
        "env = \"test\"\nroles = [\"api\", \"relay\", \"listeners\"]\n\
         [server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 2\ndrain_delay_secs = 0\n\
         [operations]\nport = 0\n[log]\nlevel = \"{}\"\n\
         [postgres]\nurl = \"{}\"\nowner_url = \"{}\"\n\
         [clickhouse]\nurl = \"{}\"\n[limits]\nenabled = false\n[amqp]\nurl = \"{}\"\n\
         [auth]\nhmac_secret = \"{SECRET}\"\n",
        Server::log_level(),
        postgres.url(),
        postgres.owner_url(),
        clickhouse.map(ClickHouseServer::url).unwrap_or_default(),
        broker.map(Broker::url).unwrap_or_default(),
    )
}
