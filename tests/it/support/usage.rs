//! Counters, logged activities and events of a test.

use sea_orm::sqlx::{self, AssertSqlSafe, Row as _};
use serde_json::Value;

use super::TestApp;

impl TestApp {
    /// Runs a statement as the schema's owner.
    pub async fn execute(&self, sql: &str) {
        let done = sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&self.owner).await;
        done.unwrap_or_else(|error| panic!("{sql}: {error}"));
    }

    /// Sets a partner's counter of a module; the partner must have one.
    pub async fn set_usage(&self, partner: i64, module: &str, consumed: i64, limit: i64) {
        self.execute(&format!(
            "UPDATE partner_usage SET consumed = {consumed}, \"limit\" = {limit} \
             WHERE partner_id = {partner} AND namespace = '{module}'"
        ))
        .await;
    }

    /// What a partner consumed of a module.
    pub async fn consumed(&self, partner: i64, module: &str) -> i64 {
        let sql = format!(
            "SELECT consumed FROM partner_usage \
             WHERE partner_id = {partner} AND namespace = '{module}'"
        );
        self.value(&sql).await.expect("a counter").parse().expect("a number")
    }

    /// Rows of a table.
    pub async fn count(&self, table: &str) -> i64 {
        let count = self.value(&format!("SELECT count(*) FROM {table}")).await;
        count.expect("a count").parse().expect("a number")
    }

    /// Payloads of the events that wait to be published, oldest first.
    pub async fn events(&self) -> Vec<Value> {
        let rows = sqlx::query("SELECT payload FROM event_outbox ORDER BY id");
        let rows = rows.fetch_all(&self.owner).await.expect("events");
        rows.iter().map(|row| row.get(0)).collect()
    }
}
