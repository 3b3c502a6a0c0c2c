//! Leaderboards as CSV files.

use actix_web::HttpResponse;
use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{Bed, dead, message, message_of};
use crate::support::{HttpFake, TestApp};

const HANDLER: &str = "download_leaderboard";

pub(super) fn batch(input: Value) -> Value {
    json!({
        "id": 5, "status": "PENDING", "remarks": "an old remark", "jobEntry": {"id": 9},
        "jobBatchItems": [{"id": 1, "status": "PENDING", "inputNode": input}],
    })
}

pub(super) fn may(platform: &str) -> Value {
    let filter = json!({"filterType": "EQ", "field": "month", "value": "2024-05-01"});
    json!({"platform": platform, "query": json!({"filters": [filter]}).to_string()})
}

fn ranked(account: i64, columns: Value) -> Value {
    let mut row = json!({
        "month": "2024-05-01", "platform": "INSTAGRAM", "profile_platform": "IA",
        "platform_id": format!("p{account}"), "platform_profile_id": account,
        "profile_type": "CREATOR",
    });
    for (column, value) in columns.as_object().expect("columns") {
        row[column] = value.clone();
    }
    row
}

pub(super) async fn tracker() -> HttpFake {
    HttpFake::start(|_| HttpResponse::Ok().json(json!({"status": {"type": "SUCCESS"}}))).await
}

pub(super) async fn bed(tracker: &HttpFake) -> Bed {
    let url = tracker.url.clone();
    let app = TestApp::start_with_clickhouse().await;
    Bed::of(app, |config| config.job_tracker.url = url).await
}

/// Two creators: one with both platforms, one with Instagram only and a hostile name.
pub(super) async fn seed(bed: &Bed) {
    let asha = json!({"id": 3, "handle": "asha", "name": "Asha, Rao", "followers": 1000,
        "linked_channel_id": "UCasha"});
    bed.app.seed_instagram(&asha).await;
    let channel = json!({
        "id": 4, "channel_id": "UCasha", "title": "Asha TV", "followers": 20,
        "views_count": 900, "linked_instagram_handle": "asha",
    });
    bed.app.seed_youtube(&channel).await;
    bed.app.seed_instagram(&json!({"id": 7, "handle": "+x", "name": "=1+1", "followers": 0})).await;
    let figures = json!({
        "category": "Food", "followers_change": 20, "prev_followers": 800, "views": 11,
        "plays": 30, "engagement_rate": 0.0325, "followers_change_rank": 1, "plays_rank": 2,
        "last_month_ranks": {"followers_change_rank": 3, "plays_rank": 2},
    });
    let loser = json!({
        "category": "\t@x", "followers_change": -20, "prev_followers": 80,
        "followers_change_rank": 2, "plays_rank": 1,
    });
    let on = |columns: &Value, platform: &str, code: &str| {
        let mut columns = columns.clone();
        columns["platform"] = json!(platform);
        columns["profile_platform"] = json!(code);
        columns
    };
    let rows = [
        ranked(3, on(&figures, "INSTAGRAM", "IA")),
        ranked(7, on(&loser, "INSTAGRAM", "IA")),
        ranked(4, on(&figures, "YOUTUBE", "YA")),
        ranked(4, on(&figures, "ALL", "YA")),
        ranked(7, on(&loser, "ALL", "IA")),
    ];
    bed.app.seed_clickhouse("leaderboard", &rows).await;
}

/// The file of a batch, by the address that the tracker was told.
async fn file(bed: &Bed, tracker: &HttpFake, input: Value) -> (String, String) {
    let mut asked = batch(input);
    asked["id"] = json!(tracker.seen().len() + 1);
    let outcome = bed.deliver(HANDLER, &message_of(Plan::Saas, &asked)).await;
    assert_eq!(outcome, Outcome::Done);
    let report = tracker.seen().pop().expect("a report").json();
    assert_eq!((&report["status"], &report["remarks"]), (&json!("COMPLETED"), &json!(null)));
    assert_eq!(report["jobBatchItems"][0]["status"], "SUCCESS");
    let asset = report["jobEntry"]["outputFileAssetInformation"].as_object().expect("an asset");
    assert_eq!(asset.len(), 1);
    let url: url::Url = asset["url"].as_str().expect("an address").parse().expect("a URL");
    let path = url.to_file_path().expect("a file");
    assert!(path.starts_with(bed.directory.canonicalize().expect("a directory")));
    let name = path.file_name().expect("a name").to_str().expect("a text").to_owned();
    let text = std::fs::read_to_string(&path).expect("the file");
    (name, text.strip_prefix('\u{feff}').expect("a byte order mark").to_owned())
}

#[actix_web::test]
async fn every_platform_has_its_file() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    seed(&bed).await;
    let (name, text) = file(&bed, &tracker, may("ALL")).await;
    assert_eq!(name, "Leaderboard-ALL-2024-05-01.csv");
    assert_eq!(
        text,
        "Rank,Rank Change,Name,Instagram Account,Youtube Channel,Category,Total Followers,\
         Instagram Followers,Youtube Subscribers,Follower Growth,Follower Growth Percentage,\
         Views (30 days)\n\
         1,2,Asha TV,asha,Asha TV,Food,1020,1000,20,20,2.500000,11\n\
         2,NEW,'=1+1,'+x,,'\t'@x,0,,,-20,-25.000000,0\n"
    );
    let (name, text) = file(&bed, &tracker, may("instagram")).await;
    assert_eq!(name, "Leaderboard-INSTAGRAM-2024-05-01.csv");
    assert_eq!(
        text,
        "Rank,Rank Change,Name,Instagram Account,Category,Total Followers,Instagram Followers,\
         Follower Growth,Follower Growth Percentage,Engagement Rate,Views (30 days)\n\
         1,2,\"Asha, Rao\",asha,Food,1020,1000,20,2.500000,3.250000,30\n\
         2,NEW,'=1+1,'+x,'\t'@x,0,,-20,-25.000000,0.000000,0\n"
    );
    let (name, text) = file(&bed, &tracker, may("YOUTUBE")).await;
    assert_eq!(name, "Leaderboard-YOUTUBE-2024-05-01.csv");
    assert_eq!(
        text,
        "Rank,Rank Change,Name,Youtube Account,Category,Total Followers,Youtube Followers,\
         Follower Growth,Follower Growth Percentage,Views (30 days),Lifetime Views\n\
         1,2,Asha TV,Asha TV,Food,1020,20,20,2.500000,11,900\n"
    );
}

#[actix_web::test]
async fn order_and_filters_are_those_of_the_list() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    seed(&bed).await;
    let mut input = may("INSTAGRAM");
    input["sortBy"] = json!("plays");
    let (_, text) = file(&bed, &tracker, input).await;
    let ranks: Vec<&str> = text.lines().skip(1).filter_map(|line| line.split(',').nth(1)).collect();
    assert_eq!(ranks, ["NEW", "0"]);
    let (name, text) = file(&bed, &tracker, json!({"platform": "ALL"})).await;
    assert!(("Leaderboard-ALL-2024-06".."Leaderboard-ALL-9999").contains(&&*name), "{name}");
    assert_eq!(text.lines().count(), 1, "the month before this one has no rows");
}

#[actix_web::test]
async fn a_file_has_every_row_of_the_board() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    let row = |account: i64| ranked(account, json!({"followers_change_rank": account}));
    let rows: Vec<Value> = (1..=2_100).map(row).collect();
    bed.app.seed_clickhouse("leaderboard", &rows).await;
    let (_, text) = file(&bed, &tracker, may("INSTAGRAM")).await;
    assert_eq!(text.lines().count(), 1 + 2_100);
    assert!(text.ends_with("2100,NEW,,,,0,,0,0.000000,0.000000,0\n"));
}

#[actix_web::test]
async fn who_may_not_download_gets_a_reason_and_no_file() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    seed(&bed).await;
    let asked = batch(may("ALL"));
    let mut without_account = message_of(Plan::Paid, &asked);
    without_account.headers.remove("authorization");
    for delivery in [message_of(Plan::Free, &asked), message(&asked), without_account] {
        // Each is the first delivery of its batch.
        let sql = "DELETE FROM processed_batch";
        sea_orm::sqlx::query(sql).execute(&bed.app.owner).await.expect("deleted");
        assert_eq!(bed.deliver(HANDLER, &delivery).await, Outcome::Done);
        let report = tracker.seen().pop().expect("a report").json();
        assert_eq!(report["status"], "FAILED");
        assert_eq!(report["remarks"], "Unauthorized Access");
        assert_eq!(report["jobBatchItems"][0]["status"], "FAILURE");
        assert_eq!(report["jobEntry"], json!({"id": 9}));
    }
    assert!(!bed.directory.exists());
}

#[actix_web::test]
async fn what_cannot_be_asked_fails_the_batch_with_its_reason() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    let missing = "Input metadata missing - collectionId/platform";
    let query = |query: &str| json!({"platform": "ALL", "query": query});
    let inputs = [
        (json!(null), "Input metadata is missing"),
        (json!({}), missing),
        (json!({"platform": ""}), missing),
        (json!({"platform": "GCC"}), "invalid platform"),
        (
            query(r#"{"filters":[{"filterType":"EQ","field":"secret","value":"1"}]}"#),
            "invalid Request",
        ),
        (
            query(r#"{"filters":[{"filterType":"EQ","field":"month","value":"May"}]}"#),
            "invalid Request",
        ),
        (query("{"), "EOF while parsing an object at line 1 column 1"),
    ];
    for (number, (input, reason)) in inputs.into_iter().enumerate() {
        let mut asked = batch(input);
        asked["id"] = json!(number + 1);
        let outcome = bed.deliver(HANDLER, &message_of(Plan::Saas, &asked)).await;
        assert_eq!(outcome, Outcome::Done);
        let report = tracker.seen().pop().expect("a report").json();
        assert_eq!((&report["status"], &report["remarks"]), (&json!("FAILED"), &json!(reason)));
    }
}

#[actix_web::test]
async fn a_leaderboard_that_cannot_be_read_makes_no_empty_file() {
    let tracker = tracker().await;
    let url = tracker.url.clone();
    let bed = Bed::of(TestApp::start().await, |config| config.job_tracker.url = url).await;
    let delivery = message_of(Plan::Saas, &batch(may("ALL")));
    let (reason, attempts) = dead(bed.deliver(HANDLER, &delivery).await);
    assert_eq!((reason.as_str(), attempts), ("clickhouse: not configured", 4));
    assert!(tracker.seen().is_empty() && !bed.directory.exists());
}

#[actix_web::test]
async fn only_one_file_is_made_of_a_batch() {
    let tracker = tracker().await;
    let bed = bed(&tracker).await;
    let mut asked = batch(may("ALL"));
    let second = json!({"id": 2, "inputNode": may("YOUTUBE")});
    asked["jobBatchItems"].as_array_mut().expect("items").push(second);
    let outcome = bed.deliver(HANDLER, &message_of(Plan::Saas, &asked)).await;
    assert_eq!(outcome, Outcome::Done);
    let items = tracker.seen().remove(0).json()["jobBatchItems"].clone();
    assert_eq!((&items[0]["status"], &items[1]["status"]), (&json!("SUCCESS"), &json!("FAILURE")));
}
