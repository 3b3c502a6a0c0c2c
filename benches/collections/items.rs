//! Items: adding many, and reading a page.

use std::time::Instant;

use sea_orm::sqlx::{self, Connection as _, PgConnection, Row as _};
use serde_json::{Value, json};
use uuid::Uuid;

use super::bed::{ACCOUNT, Bed, PARTNER, median};

/// Items of one request, the most there may be.
const ITEMS: usize = 500;
/// Items of the collection of which a page is read.
const MANY: i64 = 10_000;
const PAGE: i64 = 99;

/// Items per second of requests that add 500 posts, and 500 profiles, each to a new collection.
pub async fn add(bed: &Bed, rounds: usize) -> [f64; 2] {
    let accounts = "INSERT INTO instagram_account (id, ig_id, handle, name, country, followers, label) \
        SELECT n, 'bench' || n, 'bench' || n, 'Bench', 'IN', 1000, 'Micro' FROM generate_series(1, 500) n; \
        INSERT INTO campaign_profiles (platform, platform_account_id) \
        SELECT 'INSTAGRAM', n FROM generate_series(1, 500) n";
    bed.execute(accounts).await;
    let (mut posts, mut profiles) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let id = post_collection(bed).await;
        let body: Vec<Value> = (0..ITEMS).map(|n| post(round, n)).collect();
        let path = format!("/post-collection-service/api/collection/{id}/item/");
        posts.push(timed(bed, &path, &body.into()).await);
        let id = profile_collection(bed).await;
        let body: Vec<Value> = (1..=ITEMS).map(profile).collect();
        let path = format!("/profile-collection-service/api/collection/{id}/item/");
        profiles.push(timed(bed, &path, &body.into()).await);
    }
    [posts, profiles].map(|seconds| ITEMS as f64 / median(seconds))
}

/// Seconds of a request that adds all its items.
async fn timed(bed: &Bed, path: &str, body: &Value) -> f64 {
    let started = Instant::now();
    let answer = bed.post(path, body).await;
    let seconds = started.elapsed().as_secs_f64();
    let added = answer["collectionItems"].as_array().or(answer["posts"].as_array());
    let added = added.map_or(0, Vec::len);
    assert_eq!(added, ITEMS, "all items are added: {path}");
    seconds
}

fn post(round: usize, n: usize) -> Value {
    json!({
        "platform": "YOUTUBE", "shortCode": format!("code{round}_{n}"), "postType": "video",
        "postTitle": "A video of the bench", "postLink": "https://www.youtube.com/watch?v=code", "cost": 100,
    })
}

fn profile(id: usize) -> Value {
    json!({"platform": "INSTAGRAM", "platformAccountCode": id})
}

async fn post_collection(bed: &Bed) -> String {
    let id = Uuid::new_v4().to_string();
    let insert = "INSERT INTO post_collection (id, share_id, partner_id, name, source, source_id, created_by) \
                  VALUES ($1, $1, $2, 'bench', 'SAAS', $1, $3)";
    let insert = sqlx::query(insert).bind(&id).bind(PARTNER).bind(ACCOUNT.to_string());
    insert.execute(&bed.owner).await.expect("a collection");
    id
}

async fn profile_collection(bed: &Bed) -> i64 {
    let key = Uuid::new_v4().to_string();
    let insert = "INSERT INTO profile_collection (share_id, partner_id, name, source, source_id, created_by) \
                  VALUES ($1, $2, 'bench', 'SAAS', $1, $3) RETURNING id";
    let insert = sqlx::query(insert).bind(&key).bind(PARTNER).bind(ACCOUNT.to_string());
    insert.fetch_one(&bed.owner).await.expect("a collection").get(0)
}

/// p50 in milliseconds of a page of 99 of 10,000 items over HTTP, and of its statements by sqlx, in turns.
pub async fn page(bed: &Bed, rounds: usize) -> [f64; 2] {
    let id = post_collection(bed).await;
    let items = "INSERT INTO post_collection_item (platform, short_code, post_type, post_collection_id, \
            post_title, post_link, cost, posted_by_handle, created_by) \
        SELECT 'YOUTUBE', 'code' || n, 'video', $1, 'A video of the bench', \
            'https://www.youtube.com/watch?v=code' || n, n, 'bench', '101' FROM generate_series(1, $2) n";
    let items = sqlx::query(items).bind(&id).bind(MANY);
    items.execute(&bed.owner).await.expect("items");
    bed.execute("ANALYZE post_collection_item").await;
    let url = bed.config.postgres.url.expose();
    let mut connection = PgConnection::connect(url).await.expect("PostgreSQL answers");
    let path = format!("/post-collection-service/api/collection/{id}/item/search?size={PAGE}");
    let body = json!({"filters": []});
    let answer = bed.post(&path, &body).await;
    assert_eq!(codes(&answer["collectionItems"]), codes(&by_sqlx(&mut connection, &id).await));
    assert_eq!(answer["status"]["filteredCount"], MANY);
    let (mut ours, mut theirs) = (Vec::new(), Vec::new());
    for _ in 0..rounds {
        let started = Instant::now();
        bed.post(&path, &body).await;
        ours.push(started.elapsed().as_secs_f64() * 1000.0);
        let started = Instant::now();
        by_sqlx(&mut connection, &id).await;
        theirs.push(started.elapsed().as_secs_f64() * 1000.0);
    }
    [median(ours), median(theirs)]
}

fn codes(items: &Value) -> Vec<&str> {
    let items = items.as_array().map(Vec::as_slice).unwrap_or_default();
    items.iter().filter_map(|item| item["shortCode"].as_str()).collect()
}

/// The same answer by the same statements.
async fn by_sqlx(connection: &mut PgConnection, id: &str) -> Value {
    let mut tx = connection.begin().await.expect("a transaction");
    let scope = "SELECT set_config('app.partner_id', $1, true)";
    sqlx::query(scope).bind(PARTNER.to_string()).execute(&mut *tx).await.expect("a scope");
    let parent =
        "SELECT * FROM post_collection WHERE partner_id BETWEEN $1 AND $1 AND enabled AND id = $2";
    sqlx::query(parent).bind(PARTNER).bind(id).fetch_one(&mut *tx).await.expect("a collection");
    let within = "post_collection_id = $2 AND post_collection_id IN \
         (SELECT id FROM post_collection WHERE partner_id BETWEEN $1 AND $1 AND id = $2) AND enabled";
    let count = format!("SELECT count(*) FROM post_collection_item WHERE {within}");
    let count = sqlx::query(sqlx::AssertSqlSafe(count)).bind(PARTNER).bind(id);
    let total: i64 = count.fetch_one(&mut *tx).await.expect("a count").get(0);
    let page =
        format!("SELECT * FROM post_collection_item WHERE {within} ORDER BY id DESC LIMIT $3");
    let page = sqlx::query(sqlx::AssertSqlSafe(page)).bind(PARTNER).bind(id).bind(PAGE);
    let rows = page.fetch_all(&mut *tx).await.expect("a page");
    tx.commit().await.expect("committed");
    assert_eq!(total, MANY);
    let items = rows.iter().map(|row| {
        let text = |name: &str| row.get::<Option<String>, _>(name);
        json!({
            "id": row.get::<i64, _>("id"), "platform": text("platform"), "shortCode": text("short_code"),
            "postType": text("post_type"), "postCollectionId": text("post_collection_id"),
            "cost": row.get::<Option<i64>, _>("cost"), "enabled": row.get::<bool, _>("enabled"),
            "bookmarked": row.get::<bool, _>("bookmarked"), "postedByHandle": text("posted_by_handle"),
            "postTitle": text("post_title"), "postLink": text("post_link"),
            "metricsIngestionFreq": text("metrics_ingestion_freq"), "createdBy": text("created_by"),
        })
    });
    Value::Array(items.collect())
}
