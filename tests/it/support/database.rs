//! A PostgreSQL database per test, cloned from a template that is built once per schema.

use std::hash::{DefaultHasher, Hash as _, Hasher as _};

use coffee::core::db::migrate;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection};
use tokio::sync::OnceCell;
use uuid::Uuid;

/// Key of the advisory lock around building the template.
const LOCK: i64 = 0x7465_7374;

static TEMPLATE: OnceCell<String> = OnceCell::const_new();

/// URL of a role from the environment that `./dev test` sets.
pub fn url(name: &str) -> String {
    std::env::var(name).unwrap_or_else(|_| panic!("{name} is not set: run the tests by ./dev test"))
}

/// A database of its own.
pub struct Database {
    pub name: String,
}

impl Database {
    pub async fn create() -> Self {
        let template = TEMPLATE.get_or_init(build_template).await;
        let name = format!("coffee_test_{}", Uuid::new_v4().simple());
        let mut admin = admin().await;
        let sql = format!("CREATE DATABASE {name} TEMPLATE {template}");
        admin.execute(AssertSqlSafe(sql)).await.expect("database is cloned");
        Self { name }
    }

    /// A database without any schema.
    pub async fn create_empty() -> Self {
        let name = format!("coffee_test_{}", Uuid::new_v4().simple());
        let sql = format!("CREATE DATABASE {name}");
        admin().await.execute(AssertSqlSafe(sql)).await.expect("database is created");
        Self { name }
    }

    /// The database as seen by the application's role.
    pub fn url(&self) -> String {
        with_database(&url("COFFEE__POSTGRES__URL"), &self.name)
    }

    /// The database as seen by the schema's owner.
    pub fn owner_url(&self) -> String {
        with_database(&url("COFFEE__POSTGRES__OWNER_URL"), &self.name)
    }

    /// A connection of the schema's owner, who works for the platform.
    pub async fn owner(&self) -> PgConnection {
        let mut owner = PgConnection::connect(&self.owner_url()).await.expect("connects");
        owner.execute("SET app.partner_id = '-1'").await.expect("a setting");
        owner
    }

    pub async fn drop_now(name: &str) {
        let sql = format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)");
        if let Err(error) = admin().await.execute(AssertSqlSafe(sql)).await {
            eprintln!("test database {name} stays behind: {error}");
        }
    }
}

fn with_database(url: &str, name: &str) -> String {
    let mut url = url::Url::parse(url).expect("a PostgreSQL URL");
    url.set_path(name);
    url.into()
}

async fn admin() -> PgConnection {
    // Every test begins here; its HTTP clients need the provider.
    coffee::core::tls::install_provider();
    PgConnection::connect(&url("COFFEE__POSTGRES__OWNER_URL")).await.expect("PostgreSQL answers")
}

/// Named after the schema, so that later runs find it and a changed schema makes a new one.
async fn build_template() -> String {
    let mut hasher = DefaultHasher::new();
    migrate::POSTGRES.schema.hash(&mut hasher);
    migrate::POSTGRES.version().hash(&mut hasher);
    let name = format!("coffee_template_{:016x}", hasher.finish());
    let mut admin = admin().await;
    let lock = sqlx::query("SELECT pg_advisory_lock($1)").bind(LOCK);
    lock.execute(&mut admin).await.expect("lock");
    let exists: Option<i32> =
        sqlx::query_scalar("SELECT 1 FROM pg_database WHERE datname = $1 AND datistemplate")
            .bind(&name)
            .fetch_optional(&mut admin)
            .await
            .expect("catalogue");
    if exists.is_none() {
        for sql in [format!("DROP DATABASE IF EXISTS {name}"), format!("CREATE DATABASE {name}")] {
            admin.execute(AssertSqlSafe(sql)).await.expect("template is created");
        }
        let url = with_database(&url("COFFEE__POSTGRES__OWNER_URL"), &name);
        let mut template = PgConnection::connect(&url).await.expect("template answers");
        migrate::postgres(&mut template).await.expect("schema applies");
        template.close().await.expect("closes");
        let sql = format!("ALTER DATABASE {name} WITH IS_TEMPLATE true");
        admin.execute(AssertSqlSafe(sql)).await.expect("template is marked");
    }
    let unlock = sqlx::query("SELECT pg_advisory_unlock($1)").bind(LOCK);
    unlock.execute(&mut admin).await.expect("unlock");
    name
}
