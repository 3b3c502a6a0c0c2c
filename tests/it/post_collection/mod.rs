//! Post collections and their posts.

mod collections;
mod files;
mod posts;

use reqwest::Method;
use serde_json::{Value, json};

use crate::support::{Answer, Client, send};

const COLLECTION: &str = "/post-collection-service/api/collection";

fn post(code: &str) -> Value {
    json!({"platform": "INSTAGRAM", "shortCode": code, "postType": "image"})
}

fn posts(numbers: std::ops::Range<usize>) -> Value {
    numbers.map(|number| post(&format!("code{number}"))).collect()
}

/// A new `SAAS` collection of the client with this many posts; its id.
async fn collection(client: &Client, count: usize) -> String {
    let body = json!({"name": "Launch", "source": "SAAS", "items": posts(0..count)});
    let created = client.post(COLLECTION, &body).await.success();
    created["collections"][0]["id"].as_str().expect("an id").to_owned()
}

async fn delete(client: &Client, path: &str, body: &Value) -> Answer {
    send(client.request(Method::DELETE, path).json(body)).await
}
