//! An application on databases of its own, and one client of it.

use coffee::app::App;
use coffee::commands::token::{TokenArgs, issue};
use coffee::core::config::Config;
use coffee::core::db::clickhouse::ClickHouse;
use coffee::core::db::migrate;
use coffee::core::types::Plan;
use sea_orm::sqlx::{self, Connection as _, PgConnection, PgPool};
use serde_json::Value;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use super::database::{Database, url};

const SECRET: &str = "YmVuY2gtc2VjcmV0LWJlbmNoLXNlY3JldC1iZW5jaC1zZWNyZXQ=";
/// The partner that asks, and its account.
pub const PARTNER: i64 = 10;
pub const ACCOUNT: i64 = 101;
const PLATFORM_ACCOUNT: i64 = 102;

/// Stores and application of the measurements.
pub struct Bed {
    pub owner: PgPool,
    pub config: Config,
    base: String,
    token: String,
    platform_token: String,
    http: reqwest::Client,
    stop: CancellationToken,
    running: tokio::task::JoinHandle<std::io::Result<()>>,
    database: Database,
    is_kept: bool,
}

impl Bed {
    pub async fn new() -> Self {
        let clickhouse = format!("coffee_bench_{}", Uuid::new_v4().simple());
        Self::on((Database::create().await, false), &clickhouse).await
    }

    /// On databases of this name, which stay.
    pub async fn kept(name: &str) -> Self {
        let database = Database { name: name.to_owned() };
        let mut admin = PgConnection::connect(&url("COFFEE__POSTGRES__OWNER_URL")).await;
        let admin = admin.as_mut().expect("PostgreSQL answers");
        let create = format!("CREATE DATABASE {name}");
        // It may be there already.
        let _ = sqlx::raw_sql(sqlx::AssertSqlSafe(create)).execute(admin).await;
        let mut owner = PgConnection::connect(&database.owner_url()).await.expect("a database");
        migrate::postgres(&mut owner).await.expect("the schema applies");
        Self::on((database, true), name).await
    }

    async fn on((database, is_kept): (Database, bool), clickhouse: &str) -> Self {
        let config = Config::from_toml(&format!(
            "env = \"test\"\nroles = [\"api\"]\n\
             [server]\nhost = \"127.0.0.1\"\nport = 0\nworkers = 1\ndrain_delay_secs = 0\n\
             [operations]\nport = 0\n\
             [postgres]\nurl = \"{}\"\nowner_url = \"{}\"\n\
             [clickhouse]\nurl = \"{}\"\ndatabase = \"{clickhouse}\"\n\
             [redis]\naddresses = [\"{}\"]\nkey_prefix = \"{clickhouse}:\"\n\
             [limits]\nenabled = false\n[auth]\nhmac_secret = \"{SECRET}\"\n[log]\nlevel = \"warn\"\n",
            database.url(),
            database.owner_url(),
            url("COFFEE__CLICKHOUSE__URL"),
            url("COFFEE__REDIS__ADDRESSES"),
        ));
        let config = config.expect("configuration");
        let client = ClickHouse::new(&config).expect("configured");
        migrate::clickhouse(&config, &client).await.expect("ClickHouse schema applies");
        let owner = coffee::core::db::postgres::connect_owner(&config).await.expect("the owner");
        let token = token(&config, PARTNER, ACCOUNT).await;
        let platform_token = self::token(&config, -1, PLATFORM_ACCOUNT).await;
        let room = "UPDATE partner_usage SET \"limit\" = 1000000000";
        sqlx::query(room).execute(&owner).await.expect("room");
        let app = App::build(config.clone()).await.expect("application builds");
        let base = format!("http://{}", app.public_address().expect("serves"));
        let stop = CancellationToken::new();
        let running = actix_web::rt::spawn(app.run(stop.clone()));
        let http = reqwest::Client::new();
        Self { owner, config, base, token, platform_token, http, stop, running, database, is_kept }
    }

    /// The answer to a POST of the partner, which must be a success.
    pub async fn post(&self, path: &str, body: &Value) -> Value {
        self.post_by(&self.token, path, body).await
    }

    /// The same of the platform's own partner.
    pub async fn post_as_platform(&self, path: &str, body: &Value) -> Value {
        self.post_by(&self.platform_token, path, body).await
    }

    /// The same of an application at another address.
    pub async fn post_at(&self, base: &str, path: &str, body: &Value) -> Value {
        self.sent(self.http.post(format!("{base}{path}")).bearer_auth(&self.token).json(body)).await
    }

    /// The bytes that a POST of the partner, or of the platform's own one, is answered with.
    pub async fn received(&self, as_platform: bool, path: &str, body: &Value) -> Vec<u8> {
        let token = if as_platform { &self.platform_token } else { &self.token };
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(token);
        let answer = send(request.json(body)).await;
        assert!(answer.status().is_success(), "{path}: {}", answer.status());
        answer.bytes().await.expect("a body").into()
    }

    /// The answer to a GET of the partner.
    pub async fn get(&self, path: &str) -> Value {
        self.sent(self.http.get(format!("{}{path}", self.base)).bearer_auth(&self.token)).await
    }

    async fn post_by(&self, token: &str, path: &str, body: &Value) -> Value {
        let request = self.http.post(format!("{}{path}", self.base)).bearer_auth(token);
        self.sent(request.json(body)).await
    }

    async fn sent(&self, request: reqwest::RequestBuilder) -> Value {
        let answer = send(request).await;
        let path = answer.url().path().to_owned();
        let answer: Value = answer.json().await.expect("JSON");
        assert_eq!(answer["status"]["status"], "SUCCESS", "{path}: {answer}");
        answer
    }

    /// Runs statements as the schema's owner, however long they take.
    pub async fn execute(&self, sql: &str) {
        let mut connection = self.owner.acquire().await.expect("a connection");
        for sql in ["SET statement_timeout = 0", sql] {
            let statements = sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned()));
            let done = statements.execute(&mut *connection).await;
            done.unwrap_or_else(|error| panic!("{sql}: {error}"));
        }
    }

    /// The number that a statement of the schema's owner answers.
    pub async fn number(&self, sql: &str) -> i64 {
        let number = sqlx::query_scalar(sqlx::AssertSqlSafe(sql.to_owned()));
        number.fetch_one(&self.owner).await.expect("a number")
    }

    /// The text that ClickHouse answers.
    pub async fn clickhouse(&self, sql: &str) -> String {
        let database = [("database", &self.config.clickhouse.database)];
        let request = self.http.post(&self.config.clickhouse.url).query(&database);
        let answer = request.body(sql.to_owned()).send().await.expect("ClickHouse answers");
        answer.text().await.expect("a text")
    }

    pub async fn end(self) {
        self.stop.cancel();
        self.running.await.expect("no panic").expect("served");
        self.owner.close().await;
        if self.is_kept {
            return;
        }
        let drop = format!("DROP DATABASE IF EXISTS {}", self.config.clickhouse.database);
        let request = self.http.post(&self.config.clickhouse.url).body(drop).send().await;
        request.expect("ClickHouse answers");
        Database::drop_now(&self.database.name).await;
    }
}

async fn send(request: reqwest::RequestBuilder) -> reqwest::Response {
    request.header("x-bb-clientid", "bench").send().await.expect("an answer")
}

async fn token(config: &Config, partner_id: i64, account_id: i64) -> String {
    let plan = Some(Plan::Paid);
    let args = TokenArgs { partner_id, account_id, user_id: account_id + 900, plan, hours: 1 };
    issue(config, &args).await.expect("a token")
}

/// The value that half of them do not exceed.
pub fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
