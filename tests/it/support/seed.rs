//! Rows that tests start from, written by the schema's owner.

use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, PgConnection, Row as _};
use serde_json::Value;

use super::TestApp;

impl TestApp {
    /// Inserts a row given as JSON (column → value); absent columns get their defaults.
    pub async fn seed(&self, table: &str, row: &Value) -> Value {
        let columns: Vec<String> = row
            .as_object()
            .expect("an object")
            .keys()
            .map(|column| format!("\"{column}\""))
            .collect();
        let columns = columns.join(", ");
        let sql = format!(
            "INSERT INTO {table} AS t ({columns}) \
             SELECT {columns} FROM jsonb_populate_record(NULL::{table}, $1) RETURNING to_jsonb(t)"
        );
        let stored = sqlx::query(AssertSqlSafe(sql)).bind(row).fetch_one(&self.owner).await;
        stored.unwrap_or_else(|error| panic!("{table} {row}: {error}")).get(0)
    }

    /// Inserts an Instagram account with sensible defaults under `columns`; its id.
    pub async fn seed_instagram(&self, columns: &Value) -> i64 {
        let number = uuid::Uuid::new_v4().simple().to_string();
        let defaults = serde_json::json!({
            "ig_id": number, "handle": format!("h{}", &number[..12]), "name": "Somebody",
            "country": "IN", "followers": 1000, "label": "Micro",
        });
        self.seed_account("instagram_account", "IA", defaults, columns).await
    }

    /// Inserts a YouTube account likewise.
    pub async fn seed_youtube(&self, columns: &Value) -> i64 {
        let number = uuid::Uuid::new_v4().simple().to_string();
        let defaults = serde_json::json!({
            "channel_id": format!("UC{number}"), "title": "Some channel", "country": "IN",
            "followers": 1000, "label": "Micro",
        });
        self.seed_account("youtube_account", "YA", defaults, columns).await
    }

    /// Inserts an account of either platform, named in upper case.
    pub async fn seed_on(&self, platform: &str, columns: &Value) -> i64 {
        match platform {
            "INSTAGRAM" => self.seed_instagram(columns).await,
            _ => self.seed_youtube(columns).await,
        }
    }

    /// Inserts a profile collection of a partner; source, share id and name are its key.
    pub async fn seed_collection(&self, partner: i64, key: &str, columns: &Value) -> i64 {
        let mut row = serde_json::json!({
            "share_id": key, "partner_id": partner, "name": key, "source": "SAAS",
            "source_id": key, "created_by": "1",
        });
        for (column, value) in columns.as_object().expect("an object") {
            row[column] = value.clone();
        }
        self.seed("profile_collection", &row).await["id"].as_i64().expect("an id")
    }

    /// Puts an account into a profile collection; the item's id.
    pub async fn seed_item(
        &self,
        collection: (i64, i64),
        account: (&str, i64),
        columns: &Value,
    ) -> i64 {
        let (partner, collection) = collection;
        let mut row = serde_json::json!({
            "platform": account.0, "platform_account_code": account.1, "partner_id": partner,
            "profile_collection_id": collection, "rank": 1, "created_by": "1",
        });
        for (column, value) in columns.as_object().expect("an object") {
            row[column] = value.clone();
        }
        self.seed("profile_collection_item", &row).await["id"].as_i64().expect("an id")
    }

    async fn seed_account(&self, table: &str, code: &str, mut row: Value, columns: &Value) -> i64 {
        for (column, value) in columns.as_object().expect("an object") {
            row[column] = value.clone();
        }
        let id = self.seed(table, &row).await["id"].as_i64().expect("an id");
        let sql = format!(
            "UPDATE {table} SET profile_id = coalesce(profile_id, $2), \
             gcc_profile_id = coalesce(gcc_profile_id, $2) WHERE id = $1"
        );
        let code = format!("{code}_{id}");
        let done = sqlx::query(AssertSqlSafe(sql)).bind(id).bind(code).execute(&self.owner).await;
        done.expect("profile id is set");
        id
    }

    /// One value of the database, as text.
    pub async fn value(&self, sql: &str) -> Option<String> {
        let sql = format!("SELECT ({sql})::text");
        let row = sqlx::query(AssertSqlSafe(sql.clone())).fetch_one(&self.owner).await;
        row.unwrap_or_else(|error| panic!("{sql}: {error}")).get(0)
    }

    /// One value as the application's role sees it, as text: also its statements in progress.
    pub async fn application_value(&self, sql: &str) -> Option<String> {
        let url = self.postgres_url();
        let mut connection = PgConnection::connect(&url).await.expect("PostgreSQL answers");
        let sql = format!("SELECT ({sql})::text");
        let row = sqlx::query(AssertSqlSafe(sql)).fetch_one(&mut connection).await;
        row.expect("a value").get(0)
    }

    /// Inserts rows given as JSON objects into a ClickHouse table.
    pub async fn seed_clickhouse(&self, table: &str, rows: &[Value]) {
        let body: Vec<String> = rows.iter().map(Value::to_string).collect();
        self.clickhouse(&format!("INSERT INTO {table} FORMAT JSONEachRow"), body.join("\n")).await;
    }
}
