//! Analytics of collections and groups.

mod access;
mod outage;
mod sentiment;
mod series;
mod summary;

use serde_json::{Value, json};

use crate::support::{Answer, Client, TestApp};

const ANALYTICS: &str = "/collection-analytics-service/api/collection";

/// A post collection with `columns` over defaults.
async fn seed_posts(app: &TestApp, partner: i64, id: &str, columns: Value) {
    let mut row = json!({
        "id": id, "share_id": format!("share-{id}"), "partner_id": partner, "name": id, "source": "SAAS",
        "source_id": id, "created_by": "1",
    });
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    app.seed("post_collection", &row).await;
}

/// A measured post of a post collection.
async fn seed_measured(app: &TestApp, collection: &str, code: &str, columns: Value) {
    let mut row = json!({
        "platform": "INSTAGRAM", "post_type": "reels", "post_short_code": code, "post_title": "",
        "post_link": format!("https://instagram.com/p/{code}"), "published_at": "2024-05-01",
        "profile_handle": "somebody", "profile_name": "Somebody", "collection_id": collection,
        "collection_type": "POST", "collection_share_id": format!("share-{collection}"),
    });
    for (column, value) in columns.as_object().expect("an object") {
        row[column] = value.clone();
    }
    app.seed("collection_post_metrics_summary", &row).await;
}

/// A post in a post collection, added so many minutes ago.
async fn seed_post(app: &TestApp, collection: &str, code: &str, minutes: i64) -> i64 {
    let at = chrono::Utc::now() - chrono::TimeDelta::minutes(minutes);
    let row = json!({
        "platform": "INSTAGRAM", "short_code": code, "post_type": "reels",
        "post_collection_id": collection, "created_by": "1", "created_at": at,
    });
    app.seed("post_collection_item", &row).await["id"].as_i64().expect("an id")
}

/// Asks a route about collections of posts.
async fn ask(client: &Client, route: &str, selector: (&str, &str)) -> Answer {
    let filters = [("EQ", "collectionType", "POST"), ("EQ", selector.0, selector.1)];
    client.list(&format!("{ANALYTICS}/{route}"), &filters).await
}
