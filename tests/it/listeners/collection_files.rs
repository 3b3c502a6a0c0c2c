//! Profile collections as CSV files.

use std::collections::BTreeSet;

use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::json;

use super::leaderboard_files::{batch, tracker};
use super::{Bed, message_of};
use crate::support::TestApp;

#[actix_web::test]
async fn a_file_has_every_item_of_a_large_collection_once() {
    let tracker = tracker().await;
    let url = tracker.url.clone();
    let bed = Bed::of(TestApp::start().await, |config| config.job_tracker.url = url).await;
    let columns = json!([{"platform": "INSTAGRAM",
        "columns": [{"key": "fee", "title": "Fee; =1", "value": "-5"}]}]);
    let row = json!({"id": 1, "share_id": "share01", "partner_id": 10, "name": "n", "source": "SAAS",
        "source_id": "s", "created_by": "1", "custom_columns": columns});
    bed.app.seed("profile_collection", &row).await;
    // Many with the same number of followers, so that pages end among equals.
    bed.app
        .execute(
            "INSERT INTO instagram_account (id, ig_id, handle, followers) \
             SELECT n, n::text, 'h' || n, n % 3 FROM generate_series(1, 2100) n",
        )
        .await;
    bed.app
        .execute(
            "INSERT INTO profile_collection_item (platform, platform_account_code, \
             profile_collection_id, partner_id, rank, created_by) \
             SELECT 'INSTAGRAM', n, 1, 10, n, '1' FROM generate_series(1, 2100) n",
        )
        .await;
    // As autovacuum does a while after so many rows came.
    bed.app.execute("ANALYZE instagram_account, profile_collection_item").await;
    let asked = batch(json!({"collectionId": "1", "platform": "instagram"}));
    let outcome = bed.deliver("download_collection", &message_of(Plan::Saas, &asked)).await;
    assert_eq!(outcome, Outcome::Done);
    let report = tracker.seen().pop().expect("a report").json();
    assert_eq!((&report["status"], &report["remarks"]), (&json!("COMPLETED"), &json!(null)));
    let url = &report["jobEntry"]["outputFileAssetInformation"]["url"];
    let url: url::Url = url.as_str().expect("an address").parse().expect("a URL");
    let text = std::fs::read_to_string(url.to_file_path().expect("a file")).expect("the file");
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut lines = text.lines();
    assert!(lines.next().expect("titles").ends_with(",Story Reach,Fee; =1"));
    let rows: Vec<Vec<&str>> = lines.map(|line| line.split(',').collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 10 && row[9] == "-5"));
    assert_eq!(rows.iter().map(|row| row[0]).collect::<BTreeSet<_>>().len(), 2_100);
    let followers: Vec<u8> = rows.iter().map(|row| row[2].parse().expect("a number")).collect();
    assert!(followers.is_sorted_by(|one, next| one >= next));
}
