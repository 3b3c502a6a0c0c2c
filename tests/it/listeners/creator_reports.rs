//! The posts of collections and their first days as CSV files.

use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::leaderboard_files::{batch, bed, tracker};
use super::{Bed, message_of};
use crate::support::HttpFake;

const HANDLER: &str = "download_collection_creator_report";
const TITLES: &str = "Creator Name,Video Link,Posted On,Total Views,Cost Per View,Total Likes,Total Comments,\
    Engagement Rate,Spends,Views - Day 1,Views - Day 2,Views - Day 3,Views - Day 4,Views - Day 5,\
    Views - Day 6,Views - Day 7,Views - Day 14,Views - Day 21,Views - Day 28,Views - Day 35,\
    Views - Day 42,Day 1 Views/Total Views,Week 1 Views/Total Views";

/// Reports of the batches with these inputs; each is a batch of its own.
async fn report((bed, tracker): (&Bed, &HttpFake), id: i64, input: Value) -> Value {
    let mut asked = batch(input);
    asked["id"] = json!(id);
    let outcome = bed.deliver(HANDLER, &message_of(Plan::Saas, &asked)).await;
    assert_eq!(outcome, Outcome::Done);
    tracker.seen().pop().expect("a report").json()
}

/// Name and rows of the file that a report names.
fn file(report: &Value) -> (String, Vec<String>) {
    assert_eq!((&report["status"], &report["remarks"]), (&json!("COMPLETED"), &json!(null)));
    let url = &report["jobEntry"]["outputFileAssetInformation"]["url"];
    let url: url::Url = url.as_str().expect("an address").parse().expect("a URL");
    let path = url.to_file_path().expect("a file");
    let text = std::fs::read_to_string(&path).expect("the file");
    let text = text.strip_prefix('\u{feff}').expect("a byte order mark");
    let mut lines = text.lines().map(str::to_owned);
    assert_eq!(lines.next().as_deref(), Some(TITLES));
    let name = path.file_name().and_then(std::ffi::OsStr::to_str).expect("a name");
    (name.to_owned(), lines.collect())
}

fn post(platform: &str, code: &str, reach: i64) -> Value {
    json!({
        "platform": platform, "post_type": "reels", "post_short_code": code, "post_title": "t",
        "post_link": format!("https://x.example/{code}"), "published_at": "2024-05-01",
        "profile_handle": "h", "profile_name": "Asha", "collection_id": "u1",
        "collection_type": "POST", "collection_share_id": "s", "views": 1000, "likes": 30,
        "comments": 4, "er": 0.12345, "cost": 250, "reach": reach,
    })
}

fn day(platform: &str, code: &str, day: &str, views: Option<f64>) -> Value {
    json!({
        "platform": platform, "post_short_code": code, "post_type": "reels", "profile_handle": "h",
        "collection_type": "POST", "collection_id": "u1", "published_at": "2024-05-01 00:00:00",
        "stats_date": day, "views": views,
    })
}

async fn seed(bed: &Bed, id: &str, partner: i64) {
    let row = json!({"id": id, "partner_id": partner, "share_id": id, "name": "n",
        "source": "SAAS", "source_id": id, "created_by": "1", "metrics_ingestion_freq": "default"});
    bed.app.seed("post_collection", &row).await;
}

#[actix_web::test]
async fn a_report_has_the_first_days_of_each_post() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    seed(&bed, "u1", 10).await;
    let table = "collection_post_metrics_summary";
    bed.app.seed(table, &post("INSTAGRAM", "A", 300)).await;
    // The same code on another platform, without views, and of somebody who is hostile.
    let mut other = post("youtube", "A", 200);
    other["views"] = json!(0);
    other["cost"] = json!(null);
    other["profile_name"] = json!("=HYPERLINK(\"x\")");
    bed.app.seed(table, &other).await;
    let mut third = post("INSTAGRAM", "B", 100);
    third["profile_name"] = json!(" ");
    third["post_link"] = json!("@SUM(1)");
    bed.app.seed(table, &third).await;
    let mut rows = vec![
        day("INSTAGRAM", "A", "2024-05-02", Some(100.9)),
        day("INSTAGRAM", "A", "2024-05-04", Some(300.0)),
        // Views never fall; a day without a number has what was before.
        day("INSTAGRAM", "A", "2024-05-05", Some(290.0)),
        day("INSTAGRAM", "A", "2024-05-06", None),
        day("INSTAGRAM", "A", "2024-05-29", Some(900.0)),
        day("INSTAGRAM", "A", "2024-09-01", Some(950.0)),
        day("youtube", "A", "2024-05-03", Some(5.0)),
    ];
    let mut elsewhere = day("INSTAGRAM", "A", "2024-04-01", Some(7.0));
    elsewhere["collection_id"] = json!("u2");
    rows.push(elsewhere);
    bed.app.seed_clickhouse("mart_collection_post_ts", &rows).await;
    // A day that was observed twice counts once, as it was last.
    let mut again = day("INSTAGRAM", "A", "2024-05-04", Some(310.0));
    again["updated_at"] = json!("2999-01-01 00:00:00.000");
    bed.app.seed_clickhouse("mart_collection_post_ts", &[again]).await;
    let input = json!({"collectionId": "u1", "collectionType": "POST", "platform": ""});
    let done = report((&bed, &tracker), 5, input).await;
    assert_eq!(done["jobBatchItems"][0]["status"], "SUCCESS");
    let (name, lines) = file(&done);
    assert!(name.ends_with("collection--u1.csv"), "{name}");
    let expected = [
        "Asha,https://x.example/A,2024-05-01,1000,0.25,30,4,12.35,250,\
         100,100,310,310,310,310,310,310,310,900,900,900,0.100000,0.310000",
        "\"'=HYPERLINK(\"\"x\"\")\",https://x.example/A,2024-05-01,0,,30,4,12.35,0,\
         5,,,,,,,,,,,,,",
        "h,'@SUM(1),2024-05-01,1000,0.25,30,4,12.35,250,,,,,,,,,,,,,,",
    ];
    assert_eq!(lines, expected);
    let input = json!({"collectionId": "u1", "collectionType": "POST", "platform": "youtube"});
    let (name, lines) = file(&report((&bed, &tracker), 6, input).await);
    assert!(name.ends_with("collection-YOUTUBE-u1.csv"), "{name}");
    assert_eq!(lines, expected[1..2]);
}

#[actix_web::test]
async fn a_report_has_the_thousand_posts_that_reached_most() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    seed(&bed, "u1", 10).await;
    bed.app
        .execute(
            "INSERT INTO collection_post_metrics_summary (platform, post_type, post_short_code, \
             post_title, post_link, published_at, profile_name, collection_id, collection_type, \
             collection_share_id, reach) \
             SELECT 'INSTAGRAM', 'reels', 'c' || n, '', 'l' || n, '2024-05-01', 'p', 'u1', 'POST', \
             's', n FROM generate_series(1, 1100) n",
        )
        .await;
    let sql = "INSERT INTO mart_collection_post_ts (platform, post_short_code, collection_type, \
               collection_id, stats_date, views) SELECT 'INSTAGRAM', 'c' || toString(number % 1100 + 1), \
               'POST', 'u1', toDate('2024-05-01') + intDiv(number, 1100), intDiv(number, 1100) + 1 \
               FROM numbers(110000)";
    bed.app.clickhouse("", sql.to_owned()).await;
    let input = json!({"collectionId": "u1", "collectionType": "POST", "platform": "INSTAGRAM"});
    let (_, lines) = file(&report((&bed, &tracker), 5, input).await);
    assert_eq!(lines.len(), 1000);
    let days = "1,2,3,4,5,6,7,14,21,28,35,42,,";
    for (nth, line) in lines.iter().enumerate() {
        let expected = format!("p,l{},2024-05-01,0,,0,0,0.00,0,{days}", 1100 - nth);
        assert_eq!(*line, expected);
    }
}

#[actix_web::test]
async fn a_report_is_made_for_the_owner_alone() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    seed(&bed, "foreign", 20).await;
    seed(&bed, "empty", 10).await;
    let featured = bed.app.seed_collection(20, "featured", &json!({"featured": true})).await;
    let missing = "Input metadata missing - collectionId/platform";
    let refused = "you are not authorized to download this collection";
    let mut id = 10;
    for (input, text) in [
        (
            json!({"collectionId": "foreign", "collectionType": "POST", "platform": ""}),
            "invalid collection",
        ),
        (
            json!({"collectionId": "nobody", "collectionType": "POST", "platform": ""}),
            "invalid collection",
        ),
        (
            json!({"collectionId": "x", "collectionType": "PROFILE", "platform": ""}),
            "invalid collection",
        ),
        (
            json!({"collectionId": featured.to_string(), "collectionType": "PROFILE", "platform": ""}),
            refused,
        ),
        (
            json!({"collectionId": "empty", "collectionType": "POST", "platform": ""}),
            "empty collection",
        ),
        (
            json!({"collectionId": "empty", "collectionType": "post", "platform": ""}),
            "invalid collection type",
        ),
        (
            json!({"collectionId": "empty", "collectionType": "POST", "platform": "a\r\nb"}),
            "invalid platform",
        ),
        (json!({"collectionId": "empty", "collectionType": "POST"}), missing),
        (json!({"collectionType": "POST", "platform": ""}), missing),
    ] {
        id += 1;
        let done = report((&bed, &tracker), id, input.clone()).await;
        assert_eq!(
            (&done["status"], &done["remarks"]),
            (&json!("FAILED"), &json!(text)),
            "{input}"
        );
        assert_eq!(done["jobBatchItems"][0]["outputNode"]["REMARK"], text);
    }
}
