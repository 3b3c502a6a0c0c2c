//! The caller's own activities, under both prefixes.

mod list;
mod totals;

use serde_json::{Value, json};

use crate::support::{Client, TestApp};

const PREFIXES: [&str; 2] =
    ["/partner-usage-service/api/partner", "/activity-service/api/activity"];
const UNAUTHORIZED: &str = "you are not authorized to access this resource";

/// Stores an activity under an id.
async fn seed(app: &TestApp, id: i64, owner: (i64, i64), kind: &str, meta: Value) {
    let (partner_id, account_id) = owner;
    let row = json!({"id": id, "type": kind, "meta": meta, "partner_id": partner_id,
        "account_id": account_id, "updated_at": "2024-07-01T00:00:00Z"});
    app.seed("activity_tracker", &row).await;
}

/// Ids of a list.
async fn ids(client: &Client, query: &str, filters: &[(&str, &str, &str)]) -> Vec<i64> {
    let mut found = Vec::new();
    for prefix in PREFIXES {
        let answer = client.list(&format!("{prefix}/search{query}"), filters).await.success();
        let rows = answer["activities"].as_array().expect("a list");
        let listed = rows.iter().map(|row| row["id"].as_i64().expect("an id")).collect();
        assert!(found.is_empty() || found == listed, "{prefix}");
        found = listed;
    }
    found
}

/// One activity as both routes of `/activity-service` answer it.
async fn shown(client: &Client, id: i64) -> Value {
    let answer = client.get(&format!("{}/{id}", PREFIXES[1])).await.success();
    let text = id.to_string();
    let list = client.list(&format!("{}/search", PREFIXES[1]), &[("EQ", "id", &text)]).await;
    let one = answer["activities"][0].clone();
    assert_eq!(list.success()["activities"], json!([one]));
    one
}
