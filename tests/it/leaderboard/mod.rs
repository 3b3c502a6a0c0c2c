//! Leaderboard: ranked rows and series from ClickHouse, accounts from PostgreSQL.

mod access;
mod entries;
mod filters;
mod graphs;
mod outage;
mod ranks;

use coffee::core::types::Plan;
use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const LEADERBOARD: &str = "/leaderboard-service/api/leaderboard";
const MAY: (&str, &str, &str) = ("EQ", "month", "2024-05-01");

/// An Instagram account of this row id in May 2024.
fn ranked(account: i64, columns: Value) -> Value {
    let row = json!({
        "month": "2024-05-01", "platform": "INSTAGRAM", "profile_platform": "IA",
        "platform_id": format!("p{account}"), "platform_profile_id": account,
        "profile_type": "CREATOR",
    });
    with(row, columns)
}

fn with(mut row: Value, columns: Value) -> Value {
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    row
}

async fn saas(app: &TestApp) -> Client {
    app.partner(10, Plan::Saas).await
}

/// The body of a success for a path after the prefix.
async fn board(client: &Client, path: &str, filters: &[(&str, &str, &str)]) -> Value {
    client.list(&format!("{LEADERBOARD}/{path}"), filters).await.success()
}

/// One member of every entry, in order.
async fn members(
    client: &Client,
    path: &str,
    filters: &[(&str, &str, &str)],
    member: &str,
) -> Vec<Value> {
    let answer = board(client, path, filters).await;
    let entries = answer["profiles"].as_array().expect("a list");
    entries.iter().map(|entry| entry[member].clone()).collect()
}
