//! The application under test, as production builds it, on ports of its own.

use std::time::{Duration, Instant};

use coffee::app::{App, Routes};
use coffee::commands::token::{TokenArgs, issue};
use coffee::core::config::Config;
use coffee::core::db::Purpose;
use coffee::core::db::clickhouse::ClickHouse;
use coffee::core::db::migrate;
use coffee::core::events::Topology;
use coffee::core::stores::Stores;
use coffee::core::token::TokenKey;
use coffee::core::types::Plan;
use coffee::modules::profile_search::Maintenance;
use sea_orm::sqlx::{self, PgPool};
use serde_json::json;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::client::Client;
use super::database::{Database, url};

const SECRET: &str = "dGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQtdGVzdC1zZWNyZXQ=";
/// Unless a test chooses its own address.
const SERVER: &str =
    "[server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\ndrain_delay_secs = 0\n";

/// A running application.
pub struct TestApp {
    pub public: String,
    pub operations: String,
    pub config: Config,
    /// Pool of the schema's owner, who works for the platform: sees every row.
    pub owner: PgPool,
    database: Database,
    clickhouse: Option<String>,
    stop: CancellationToken,
}

impl TestApp {
    /// With PostgreSQL and Redis; ClickHouse is not configured.
    pub async fn start() -> Self {
        Self::start_with("[clickhouse]\nurl = \"\"").await
    }

    /// With a ClickHouse database of its own as well.
    pub async fn start_with_clickhouse() -> Self {
        Self::start_with_clickhouse_and("").await
    }

    /// The same, with more configuration in TOML.
    pub async fn start_with_clickhouse_and(toml: &str) -> Self {
        Self::build_with_clickhouse(&url("COFFEE__CLICKHOUSE__URL"), toml).await
    }

    /// The same, reached through another address.
    pub async fn start_with_clickhouse_at(url: &str) -> Self {
        Self::build_with_clickhouse(url, "").await
    }

    /// With a ClickHouse database and the role `relay`, in which the search table follows the accounts.
    pub async fn start_with_search(toml: &str) -> Self {
        let toml = format!("{toml}\n[amqp]\nurl = \"\"\n");
        Self::build_beside_clickhouse(&url("COFFEE__CLICKHOUSE__URL"), &toml, &["relay"]).await
    }

    async fn build_with_clickhouse(url: &str, toml: &str) -> Self {
        Self::build_beside_clickhouse(url, toml, &[]).await
    }

    async fn build_beside_clickhouse(url: &str, toml: &str, roles: &[&str]) -> Self {
        let database = format!("coffee_test_{}", Uuid::new_v4().simple());
        let section = format!("[clickhouse]\nurl = \"{url}\"\ndatabase = \"{database}\"\n{toml}");
        // Another address may be one that does not answer yet.
        let direct = format!(
            "env = \"test\"\n[clickhouse]\nurl = \"{}\"\ndatabase = \"{database}\"",
            super::database::url("COFFEE__CLICKHOUSE__URL")
        );
        let direct = Config::from_toml(&direct).expect("test configuration");
        let clickhouse = ClickHouse::new(&direct).expect("configured");
        migrate::clickhouse(&direct, &clickhouse).await.expect("ClickHouse schema applies");
        let topology = Topology::default();
        let mut app = Self::build_with(&section, (None, |_| {}), roles, topology).await;
        app.clickhouse = Some(database);
        app
    }

    /// With a database whose row-level security is switched off.
    pub async fn start_without_policies() -> Self {
        let app = Self::start().await;
        let off = "DO $$ DECLARE t regclass; BEGIN \
            FOR t IN SELECT oid FROM pg_class WHERE relrowsecurity LOOP \
                EXECUTE format('ALTER TABLE %s DISABLE ROW LEVEL SECURITY', t); \
            END LOOP; END $$";
        sea_orm::sqlx::raw_sql(off).execute(&app.owner).await.expect("switched off");
        app
    }

    /// With a replica that is another database: what one has, the other lacks.
    pub async fn start_with_replica(replica: &Database) -> Self {
        let topology = Topology::default();
        Self::build_with("[clickhouse]\nurl = \"\"", (Some(replica), |_| {}), &[], topology).await
    }

    /// With more configuration in TOML; sections `env`, `server`, `operations`, `postgres`, `auth`
    /// are the harness's.
    pub async fn start_with(toml: &str) -> Self {
        Self::build_with(toml, (None, |_| {}), &[], Topology::default()).await
    }

    /// Also with the background roles, handlers of the test's own, and the broker of the environment if
    /// `with_broker`.
    pub async fn start_with_events(with_broker: bool, toml: &str, topology: Topology) -> Self {
        let broker = if with_broker { url("COFFEE__AMQP__URL") } else { String::new() };
        Self::start_with_events_at(&broker, toml, topology).await
    }

    /// The same with the broker at another address.
    pub async fn start_with_events_at(broker: &str, toml: &str, topology: Topology) -> Self {
        let sections = format!("[clickhouse]\nurl = \"\"\n[amqp]\nurl = \"{broker}\"\n{toml}");
        Self::build_with(&sections, (None, |_| {}), &["relay", "listeners"], topology).await
    }

    /// With more configuration, and routes of the test's own behind the gateway.
    pub async fn start_with_routes(toml: &str, routes: Routes) -> Self {
        Self::build_with(toml, (None, routes), &[], Topology::default()).await
    }

    async fn build_with(
        toml: &str,
        (replica, routes): (Option<&Database>, Routes),
        roles: &[&str],
        topology: Topology,
    ) -> Self {
        let database = Database::create().await;
        let config = config(&database, toml, replica, roles);
        let owner = coffee::core::db::postgres::connect_owner(&config).await.expect("owner");
        let app = App::build_with(config.clone(), routes).await.expect("application builds");
        let app = app.listening_to(topology);
        let (public, operations) =
            (app.public_address().expect("serves"), app.operations_address());
        let stop = CancellationToken::new();
        actix_web::rt::spawn(app.run(stop.clone()));
        Self {
            public: format!("http://{public}"),
            operations: format!("http://{operations}"),
            config,
            owner,
            database,
            clickhouse: None,
            stop,
        }
    }

    /// URL of the database for the application's role.
    pub fn postgres_url(&self) -> String {
        self.database.url()
    }

    /// A caller without token.
    pub fn anonymous(&self) -> Client {
        Client::new(self.public.clone(), None)
    }

    /// A signed-in caller: account `partner * 10 + 1`, user `partner * 100 + 1` (absolute values).
    pub async fn partner(&self, partner_id: i64, plan: Plan) -> Client {
        let token = self.token(partner_id, plan).await;
        Client::new(self.public.clone(), Some(token))
    }

    /// A signed-in caller of account 7 that belongs to no partner.
    pub async fn without_partner(&self) -> Client {
        self.seed("identity_user", &json!({"id": 7, "email": "lone@example.com"})).await;
        self.seed("identity_account", &json!({"id": 7, "user_id": 7})).await;
        let unit = json!({"sid": "lone", "account_id": 7, "expires_at": "2999-01-01"});
        self.seed("identity_session", &unit).await;
        let key = TokenKey::new(&self.config.hmac_key().expect("a key"));
        let claims = json!({"sid": "lone", "uid": 7, "userAccountId": 7});
        self.with_token(key.sign(&claims).expect("signs"))
    }

    /// A caller with a token of the test's own making.
    pub fn with_token(&self, token: impl Into<String>) -> Client {
        Client::new(self.public.clone(), Some(token.into()))
    }

    pub async fn token(&self, partner_id: i64, plan: Plan) -> String {
        let number = partner_id.abs();
        let args = TokenArgs {
            partner_id,
            account_id: number * 10 + 1,
            user_id: number * 100 + 1,
            plan: Some(plan),
            hours: 1,
        };
        issue(&self.config, &args).await.expect("token is issued")
    }

    /// Sum over all metric lines that start with `prefix`, 0 without any.
    pub async fn metric(&self, prefix: &str) -> f64 {
        let text = reqwest::get(format!("{}/metrics", self.operations)).await.expect("metrics");
        let text = text.text().await.expect("text");
        let lines = text.lines().filter(|line| line.starts_with(prefix));
        lines.filter_map(|line| line.rsplit(' ').next()?.parse::<f64>().ok()).sum()
    }

    /// Waits until `condition` holds; at most for what the most loaded machine may take.
    pub async fn eventually<F: Future<Output = bool>>(
        &self,
        what: &str,
        condition: impl Fn() -> F,
    ) {
        let deadline = Instant::now() + Duration::from_secs(20);
        while !condition().await {
            assert!(Instant::now() < deadline, "never happened: {what}");
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    }

    /// Stores as a command opens them, besides those of the application.
    pub async fn stores(&self) -> Stores {
        let stores = Stores::open(self.config.clone()).await.expect("stores");
        stores.of(Purpose::Background)
    }

    /// Builds the search table out of what PostgreSQL has.
    pub async fn build_search_table(&self) {
        let stores = self.stores().await;
        let maintenance = Maintenance::new(&stores).expect("started with ClickHouse");
        maintenance.rebuild(true, |_| {}).await.expect("built");
    }

    /// Waits until the search table has every change.
    pub async fn search_table_follows(&self) {
        self.eventually("the search table follows", async || {
            let waiting = sqlx::query_scalar("SELECT count(*) FROM profile_search_change");
            let waiting: i64 = waiting.fetch_one(&self.owner).await.expect("a number");
            waiting == 0
        })
        .await;
    }

    /// Runs a statement in the ClickHouse database of the test.
    pub async fn clickhouse(&self, sql: &str, body: String) -> String {
        let database = self.clickhouse.as_deref().expect("started with ClickHouse");
        let request = reqwest::Client::new()
            .post(&self.config.clickhouse.url)
            .query(&[("database", database), ("query", sql)])
            .body(body);
        let answer = request.send().await.expect("ClickHouse answers");
        let status = answer.status();
        let text = answer.text().await.expect("text");
        assert!(status.is_success(), "{sql}: {text}");
        text
    }
}

impl Drop for TestApp {
    fn drop(&mut self) {
        self.stop.cancel();
        let (postgres, clickhouse) = (self.database.name.clone(), self.clickhouse.take());
        // The application's way to it may be cut.
        let address = std::env::var("COFFEE__CLICKHOUSE__URL").unwrap_or_default();
        let clean = move || {
            let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
            runtime.expect("runtime").block_on(async {
                Database::drop_now(&postgres).await;
                if let Some(database) = clickhouse {
                    let sql = format!("DROP DATABASE IF EXISTS {database}");
                    let _ = reqwest::Client::new().post(address).body(sql).send().await;
                }
            });
        };
        let _ = std::thread::spawn(clean).join();
    }
}

fn config(database: &Database, toml: &str, replica: Option<&Database>, roles: &[&str]) -> Config {
    let roles = roles.iter().map(|role| format!(", {role:?}")).collect::<String>();
    let redis = std::env::var("COFFEE__REDIS__ADDRESSES").unwrap_or_default();
    let redis = if toml.contains("[redis]") {
        String::new()
    } else {
        let prefix = Uuid::new_v4().simple();
        format!("[redis]\naddresses = [\"{redis}\"]\nkey_prefix = \"{prefix}:\"\n")
    };
    let limits = if toml.contains("[limits") { String::new() } else { high_limits() };
    let secret = format!("[auth]\nhmac_secret = \"{SECRET}\"\n");
    let toml = with_section(toml, "[auth]\n", &secret);
    let toml = match toml.contains("[server]\nhost") {
        true => toml,
        false => with_section(&toml, "[server]\n", SERVER),
    };
    let text = format!(
        "env = \"test\"\nroles = [\"api\"{roles}]\n\
         [operations]\nport = 0\n\
         [postgres]\nurl = \"{}\"\nowner_url = \"{}\"\nreplica_url = \"{}\"\nmax_connections = 8\n\
         {redis}{limits}{toml}",
        database.url(),
        database.owner_url(),
        replica.map(Database::url).unwrap_or_default(),
    );
    Config::from_toml(&text).expect("test configuration")
}

/// The configuration with what the harness puts into a section first.
fn with_section(toml: &str, head: &str, section: &str) -> String {
    match toml.contains(head) {
        true => toml.replace(head, section),
        false => format!("{section}{toml}"),
    }
}

/// Limits that no test meets by accident.
fn high_limits() -> String {
    let limits = |plan| {
        let per_minute = ["search", "read", "write", "import", "other"]
            .map(|class| format!("{class}_per_minute = 1000000\n"))
            .concat();
        format!(
            "[limits.{plan}]\ntenant_per_second = 100000\ntenant_per_day = 10000000\n{per_minute}"
        )
    };
    ["free", "saas", "paid"].map(limits).concat()
}
