//! Campaign profiles over HTTP.

mod collector;
mod edit;
mod examples;
mod hostile;
mod insights;
mod links;
mod narrow;
mod races;
mod search;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const BASE: &str = "/campaign-profile-service/api/campaign-profile";

fn at(rest: impl std::fmt::Display) -> String {
    format!("{BASE}{rest}")
}

/// Stores a campaign profile of an account; its id.
async fn seed(app: &TestApp, account: (&str, i64), columns: &Value) -> i64 {
    let mut row = json!({"platform": account.0, "platform_account_id": account.1});
    for (name, value) in columns.as_object().expect("columns") {
        row[name] = value.clone();
    }
    app.seed("campaign_profiles", &row).await["id"].as_i64().expect("an id")
}

/// The one profile of an answer.
async fn get(client: &Client, id: i64) -> Value {
    let path = at(format_args!("/{id}?fetchSocials=true"));
    client.get(&path).await.success()["profiles"][0].clone()
}

/// A row as it is stored.
async fn row(app: &TestApp, table: &str, id: i64) -> Value {
    let sql = format!("SELECT to_jsonb(t) FROM {table} t WHERE id = {id}");
    let row = app.value(&sql).await.expect("a row");
    serde_json::from_str(&row).expect("JSON")
}

async fn count(app: &TestApp, table: &str) -> String {
    app.value(&format!("SELECT count(*)::text FROM {table}")).await.expect("a count")
}
