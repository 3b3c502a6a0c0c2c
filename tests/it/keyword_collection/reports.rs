//! Reports come, and are read.

use std::path::Path;

use coffee::core::events::Outcome;
use coffee::core::types::Plan;
use serde_json::{Value, json};

use super::{COLLECTION, new, seed};
use crate::listeners::{Bed, message};
use crate::support::{Client, Forwarder, TestApp, url};

const COLUMNS: &str = "shortcode String, profile_id String, handle String, post_title String, \
    post_likes Int64, post_comments Int64, post_reach Float64, post_publish_time Int64";
const AUDIENCE: &str = "audience_gender String, audience_age_gender String";

/// An application that reads reports from `folder`, which gets a bucket.
async fn start(folder: &Path, more: &str) -> TestApp {
    std::fs::create_dir(folder.join("reports")).expect("a bucket");
    let directory = folder.display();
    let toml =
        format!("{more}[storage]\ndirectory = \"{directory}\"\nreport_buckets = [\"reports\"]\n");
    TestApp::start_with_clickhouse_and(&toml).await
}

/// Writes a report with these posts, short code and reach, and its audience.
async fn write(app: &TestApp, name: &str, posts: &[(&str, i64)]) {
    let directory = &app.config.storage.directory;
    let file = |name: &str, columns: &str| {
        format!(
            "INSERT INTO FUNCTION file('{directory}/reports/{name}', 'Parquet', '{columns}') VALUES"
        )
    };
    let rows: Vec<_> = posts
        .iter()
        .map(|(code, reach)| format!("('{code}', 'p1', 'asha', 'chai', 3, 1, {reach}, 1717500000)"))
        .collect();
    app.clickhouse(&file(&format!("{name}.parquet"), COLUMNS), rows.join(", ")).await;
    let audience = file(&format!("{name}_demographic.parquet"), AUDIENCE);
    app.clickhouse(&audience, "('', '')".to_owned()).await;
}

fn report(name: &str) -> Value {
    json!({
        "report_bucket": "reports", "report_path": format!("{name}.parquet"),
        "demography_report_path": format!("{name}_demographic.parquet"),
    })
}

/// The first page of a client's collections.
async fn listed(client: &Client) -> Vec<Value> {
    let page = client.post(&format!("{COLLECTION}/search?size=99"), &json!({})).await.success();
    page["collections"].as_array().expect("a list").clone()
}

/// Totals that the rows keep, by id.
async fn totals(app: &TestApp) -> String {
    let sql = "SELECT string_agg(concat_ws(' ', id, report_total_posts, report_total_reach), ', ' \
               ORDER BY id) FROM keyword_collection";
    app.value(sql).await.unwrap_or_default()
}

#[actix_web::test]
async fn a_report_arrives() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = start(folder.path(), "[app]\njob_prefix = \"PROD_EU\"\n").await;
    write(&app, "a", &[("c1", 100), ("c2", 20)]).await;
    let client = app.partner(10, Plan::Saas).await;
    let created = client.post(COLLECTION, &new(&["tea", "coffee"])).await.success();
    let id = created["collections"][0]["id"].as_str().expect("an id").to_owned();
    let whole = json!({"filters": [{"filterType": "EQ", "field": "collectionId", "value": id}]});
    for route in ["report", "posts", "profiles"] {
        let path = format!("{COLLECTION}/{route}");
        client.post(&path, &whole).await.refused("ERROR", "report not generated yet");
    }
    assert_eq!(listed(&client).await[0]["reportStatus"], "PENDING");

    let directory = app.config.storage.directory.clone();
    let bed = Bed::of(app, |config| config.storage.directory = directory).await;
    let ready = |job: String| {
        json!({
            "job_id": job, "report_asset": {"path": "a.parquet", "bucket": "reports"},
            "demographic_report_asset": {"path": "a_demographic.parquet", "bucket": "reports"},
        })
    };
    let outcome = bed
        .deliver("update_keyword_collection_report", &message(&ready(format!("PROD_EU_KC_{id}"))))
        .await;
    assert_eq!(outcome, Outcome::Done);
    let columns = "SELECT concat_ws(' ', name, keywords, report_bucket, report_path, \
                   demography_report_path) FROM keyword_collection";
    let expected = "tea, coffee {tea,coffee} reports a.parquet a_demographic.parquet";
    assert_eq!(bed.app.value(columns).await.as_deref(), Some(expected));
    let page = listed(&client).await;
    assert_eq!(page[0]["reportStatus"], "COMPLETE");
    assert_eq!(
        (&page[0]["report"]["totalPosts"], &page[0]["report"]["totalReach"]),
        (&json!(2), &json!(120))
    );
    assert_eq!(page[0]["report_path"], json!(null), "the platform's alone");
    let read = client.post(&format!("{COLLECTION}/report"), &whole).await.success();
    assert_eq!(read["collections"][0]["report"]["totalLikes"], 6);
    assert_eq!(read["collections"][0]["reportStatus"], "COMPLETE");
    let posts = client.post(&format!("{COLLECTION}/posts"), &whole).await.success();
    assert_eq!(posts["status"]["filteredCount"], 2);

    // Of another installation, and of no collection.
    for job in [format!("STAGE_KC_{id}"), "PROD_EU_KC_unknown".to_owned()] {
        let outcome = bed.deliver("update_keyword_collection_report", &message(&ready(job))).await;
        assert!(matches!(outcome, Outcome::Dead { .. }), "{outcome:?}");
    }
}

#[actix_web::test]
async fn without_redis_a_report_is_read_once_and_its_totals_stay() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = start(folder.path(), "[redis]\naddresses = []\n").await;
    seed(&app, "a", &report("a")).await;
    seed(&app, "b", &report("b")).await;
    write(&app, "a", &[("c1", 100), ("c2", 20)]).await;
    let client = app.partner(10, Plan::Saas).await;
    let counted = |page: &[Value]| -> Vec<(String, Value)> {
        let id = |entry: &Value| entry["id"].as_str().expect("an id").to_owned();
        page.iter().map(|entry| (id(entry), entry["report"]["totalReach"].clone())).collect()
    };
    let mut first = counted(&listed(&client).await);
    first.sort_by(|one, next| one.0.cmp(&next.0));
    // One that cannot be read lacks, and keeps no other one from its answer.
    assert_eq!(first, [("a".to_owned(), json!(120)), ("b".to_owned(), json!(null))]);
    assert_eq!(totals(&app).await, "a 2 120, b");
    std::fs::remove_file(folder.path().join("reports/a.parquet")).expect("removed");
    let mut second = counted(&listed(&client).await);
    second.sort_by(|one, next| one.0.cmp(&next.0));
    assert_eq!(second, first, "from memory");
    // A report that comes anew is another one.
    write(&app, "c", &[("c3", 7)]).await;
    app.execute(
        "UPDATE keyword_collection SET report_path = 'c.parquet', \
         demography_report_path = 'c_demographic.parquet' WHERE id = 'a'",
    )
    .await;
    let third = counted(&listed(&client).await);
    assert!(third.contains(&("a".to_owned(), json!(7))), "{third:?}");
    assert_eq!(totals(&app).await, "a 1 7, b");
}

#[actix_web::test]
async fn a_page_costs_the_same_whatever_its_size() {
    let folder = tempfile::tempdir().expect("a folder");
    let app = start(folder.path(), "").await;
    write(&app, "a", &[("c1", 100), ("c2", 20)]).await;
    for number in 0..99 {
        let mut columns = report("a");
        columns["platform"] = json!(if number % 2 == 0 { "INSTAGRAM" } else { "YOUTUBE" });
        seed(&app, &format!("id{number}"), &columns).await;
    }
    let client = app.partner(10, Plan::Saas).await;
    let cost = async |size: usize| {
        let before = app.metric("coffee_postgres_statements_total").await;
        let page = client.post(&format!("{COLLECTION}/search?size={size}"), &json!({})).await;
        let page = page.success();
        let entries = page["collections"].as_array().expect("a list");
        assert_eq!(entries.len(), size);
        assert!(entries.iter().all(|entry| entry["report"]["totalReach"] == 120));
        app.metric("coffee_postgres_statements_total").await - before
    };
    cost(2).await; // the caller is known from here on
    let first = cost(99).await;
    let (few, many) = (cost(2).await, cost(99).await);
    assert_eq!(few, many);
    // The page and the number of all, profile codes of either platform; what begins a transaction.
    assert!(many <= 5.0, "{many} statements");
    // And once the totals, in one statement.
    assert!(first <= many + 2.0, "{first} statements");
}

#[actix_web::test]
async fn without_clickhouse_lists_have_no_reports_and_reports_are_refused() {
    let forwarder = Forwarder::start(&url("COFFEE__CLICKHOUSE__URL"));
    let cut = TestApp::start_with_clickhouse_at(&forwarder.url()).await;
    for app in [cut, TestApp::start().await] {
        seed(&app, "a", &report("a")).await;
        seed(&app, "b", &json!({})).await;
        let client = app.partner(10, Plan::Saas).await;
        forwarder.cut();
        let page = listed(&client).await;
        let mut states: Vec<_> = page
            .iter()
            .map(|entry| {
                (entry["id"].as_str(), entry["reportStatus"].as_str(), entry.get("report"))
            })
            .collect();
        states.sort_by_key(|state| state.0);
        let expected = [(Some("a"), Some("COMPLETE"), None), (Some("b"), Some("PENDING"), None)];
        assert_eq!(states, expected);
        let whole =
            json!({"filters": [{"filterType": "EQ", "field": "collectionId", "value": "a"}]});
        for (route, part) in [("report", "summary"), ("posts", "posts"), ("profiles", "profiles")] {
            let answer = client.post(&format!("{COLLECTION}/{route}"), &whole).await;
            answer.refused("ERROR", &format!("unable to fetch {part}"));
        }
    }
}
