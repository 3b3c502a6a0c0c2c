//! A collection as a file: rows per second, and memory.

use std::collections::{BTreeMap, HashSet};
use std::time::Instant;

use coffee::core::caller::Caller;
use coffee::core::events::{Delivery, Outcome, deliver};
use coffee::core::stores::Stores;
use coffee::modules::Modules;
use serde_json::json;

use super::bed::{ACCOUNT, Bed, PARTNER, median};
use super::http_fake::HttpFake;
use actix_web::HttpResponse;

const ROWS: usize = 100_000;
const COLLECTION: i64 = 1_000_000;

/// Rows per second of a download of 100,000 profiles, and the most megabytes that the process had above those
/// that it had before.
pub async fn run(bed: &Bed, rounds: usize) -> [f64; 2] {
    fill(bed).await;
    let said = || HttpResponse::Ok().json(json!({"status": {"type": "SUCCESS"}}));
    let tracker = HttpFake::start(move |_| said()).await;
    let directory = std::env::temp_dir().join(format!("coffee-bench-{}", std::process::id()));
    let mut config = bed.config.clone();
    config.storage.directory = directory.to_str().expect("a text").to_owned();
    config.job_tracker.url = tracker.url.clone();
    let stores = Stores::open(config.clone()).await.expect("stores open");
    let subscriptions = Modules::new(&config).expect("modules").topology().subscriptions;
    let download = subscriptions.iter().find(|one| one.name == "download_collection");
    let download = download.expect("a handler");
    let idle = memory("VmRSS");
    // From here on the kernel remembers the most that the process has.
    std::fs::write("/proc/self/clear_refs", "5").expect("Linux");
    let mut seconds = Vec::new();
    for round in 1..=rounds {
        // A batch is worked on once.
        let delivery = delivery(round);
        let started = Instant::now();
        let outcome = deliver(&stores, download, &delivery).await;
        seconds.push(started.elapsed().as_secs_f64());
        assert_eq!(outcome, Outcome::Done);
    }
    let grown = memory("VmHWM") - idle;
    let files = std::fs::read_dir(&directory).expect("a directory").flatten();
    let files = files.flat_map(|day| std::fs::read_dir(day.path()).expect("a directory"));
    assert_eq!(files.count(), rounds, "a file each round");
    let report = tracker.seen().pop().expect("a report").json();
    assert_eq!(report["status"], "COMPLETED", "{report}");
    let url = &report["jobEntry"]["outputFileAssetInformation"]["url"];
    let url: url::Url = url.as_str().expect("an address").parse().expect("a URL");
    let text = std::fs::read_to_string(url.to_file_path().expect("a file")).expect("the file");
    check(&text);
    let _ = std::fs::remove_dir_all(&directory);
    [ROWS as f64 / median(seconds), grown]
}

/// As many accounts in the collection as outside of it; those in it with a value each.
async fn fill(bed: &Bed) {
    let last = ROWS * 2;
    let sql = format!(
        "INSERT INTO instagram_account (id, ig_id, handle, name, followers, engagement_rate, avg_likes, \
             avg_reels_play_count, reels_reach, image_reach, story_reach, bio, label, country) \
         SELECT {COLLECTION} + n, 'export' || n, 'export' || n, 'A creator of the bench', n % 5000, 0.0312, \
             n % 700, n % 900, n % 1000, n % 1100, n % 1200, repeat('About the creator. ', 8), 'Micro', 'IN' \
         FROM generate_series(1, {last}) n; \
         INSERT INTO profile_collection (id, share_id, partner_id, name, source, source_id, created_by, \
             custom_columns) \
         VALUES ({COLLECTION}, 'export1', {PARTNER}, 'bench', 'SAAS', 'export1', '{ACCOUNT}', \
             '[{{\"platform\": \"INSTAGRAM\", \"columns\": [{{\"key\": \"fee\", \"title\": \"Fee\"}}]}}]'); \
         INSERT INTO profile_collection_item (platform, platform_account_code, profile_collection_id, \
             partner_id, rank, created_by) \
         SELECT 'INSTAGRAM', {COLLECTION} + n * 2, {COLLECTION}, {PARTNER}, n, '{ACCOUNT}' \
         FROM generate_series(1, {ROWS}) n; \
         INSERT INTO profile_collection_item_cc_data (profile_collection_item_id, key, value) \
         SELECT id, 'fee', rank FROM profile_collection_item \
         WHERE profile_collection_id = {COLLECTION}"
    );
    bed.execute(&sql).await;
    let analyze =
        "ANALYZE instagram_account, profile_collection_item, profile_collection_item_cc_data";
    bed.execute(analyze).await;
}

fn delivery(id: usize) -> Delivery {
    let sender = Caller { user_id: Some(1001), account_id: Some(ACCOUNT), ..Caller::default() };
    let headers = [
        ("x-bb-partner-id", PARTNER.to_string()),
        ("x-bb-plan-type", "PAID".to_owned()),
        ("authorization", sender.internal_token().expect("a token")),
    ];
    let headers = headers.map(|(name, value)| (name.to_owned(), value));
    let asked = json!({"collectionId": COLLECTION.to_string(), "platform": "INSTAGRAM"});
    let batch = json!({
        "id": id, "status": "PENDING", "jobEntry": {"id": 9},
        "jobBatchItems": [{"id": 1, "status": "PENDING", "inputNode": asked}],
    });
    let body = batch.to_string().into();
    Delivery { headers: BTreeMap::from(headers), body, ..Delivery::default() }
}

/// Every item once, with its own value, those with the most followers first.
fn check(text: &str) {
    let mut lines = text.lines();
    assert!(lines.next().expect("titles").ends_with(",Story Reach,Fee"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert_eq!(rows.iter().map(|row| row[1]).collect::<HashSet<_>>().len(), ROWS);
    assert_eq!(rows.iter().map(|row| row[9]).collect::<HashSet<_>>().len(), ROWS);
    let followers: Vec<u32> = rows.iter().map(|row| row[2].parse().expect("a number")).collect();
    assert!(followers.is_sorted_by(|one, next| one >= next));
}

/// Megabytes of this process.
fn memory(name: &str) -> f64 {
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux");
    let line = status.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(':'));
    let kilobytes = line.and_then(|line| line.split_whitespace().next());
    kilobytes.expect("a measure").parse::<f64>().expect("a number") / 1024.0
}
