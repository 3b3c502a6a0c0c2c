//! Keyword collections and their reports.

mod collections;
mod reports;

use serde_json::{Value, json};

use crate::support::TestApp;

const COLLECTION: &str = "/keyword-collection-service/api/collection";
/// June 2024, as India has it.
const JUNE: (i64, i64) = (1_717_180_200_000, 1_719_685_800_000);

fn new(keywords: &[&str]) -> Value {
    json!({
        "platform": "INSTAGRAM", "keywords": keywords, "startTime": JUNE.0, "endTime": JUNE.1,
    })
}

/// A collection of partner 10 as it is stored, `columns` besides the usual ones.
async fn seed(app: &TestApp, id: &str, columns: &Value) {
    let mut row = json!({
        "id": id, "share_id": format!("share-{id}"), "name": id, "partner_id": 10,
        "platform": "INSTAGRAM", "keywords": ["tea"], "start_time": "2024-06-01",
        "end_time": "2024-06-30", "created_by": "101",
    });
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    app.seed("keyword_collection", &row).await;
}
