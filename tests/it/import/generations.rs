//! Generations of the derived tables: what answers read while one is written, published and replaced.

use std::time::Instant;

use coffee::core::types::Plan;
use coffee::core::unit_of_work::UnitOfWork;
use coffee::import::Importer;
use serde_json::{Value, json};

use super::{Folder, OF_INDIA, rows};
use crate::jobs;
use crate::support::{Client, TestApp};

const LIST: &str = "\
snapshot_date,video_id,channel_id,channel_title,category_id,published_at,title,tags,hashtags,views,\
likes,dislikes,comments
2020-08-12,vid00000009,UC000000000000000000009,Fox,10,2020-08-12T04:31:41Z,Sadak,a|b,Sadak2|fox,50,1,1,1
";
const STORED: &str = "SELECT DISTINCT generation FROM trending_content ORDER BY generation";

async fn imported() -> TestApp {
    let app = TestApp::start_with_clickhouse().await;
    let folder = Folder::new();
    let importer = Importer::connect(&app.config).await.expect("connects");
    let list = [folder.file("list.csv", LIST)];
    importer.youtube_trending(&list, &folder.categories(), OF_INDIA).await.expect("imports");
    app
}

async fn record(app: &TestApp, generation: u64, state: &str) {
    let row = json!({"generation": generation, "state": state});
    app.seed_clickhouse("derived_generations", &[row]).await;
}

fn post(generation: u64, id: &str) -> Value {
    json!({
        "generation": generation, "month": "2020-08-01", "platform": "YOUTUBE", "post_id": id,
        "profile_social_id": "UC000000000000000000009", "profile_type": "CREATOR",
        "published_at": "2020-08-12 04:31:41",
    })
}

/// Ids of the posts that a statement of this unit of work reads.
async fn read(unit: &UnitOfWork) -> Vec<String> {
    let clickhouse = unit.clickhouse().await.expect("a place");
    let sql = format!("SELECT post_id FROM {}", clickhouse.derived("trending_content"));
    clickhouse.rows(clickhouse.query(&sql)).await.expect("rows")
}

/// Links of the posts that an answer lists.
async fn listed(client: &Client) -> Vec<Value> {
    let answer = client.list("/content-service/api/content/trending_content", &[]).await;
    let answer = answer.success();
    let posts = answer["trending"].as_array().expect("a list");
    posts.iter().map(|post| post["post_link"].clone()).collect()
}

#[actix_web::test]
async fn an_answer_has_one_generation_although_the_next_is_published_meanwhile() {
    let app = TestApp::start_with_clickhouse().await;
    let unit = app.session_of(10).await;
    let another = || {
        let (stores, caller) = (unit.stores().clone(), unit.caller().clone());
        UnitOfWork::new(stores, caller.into(), Instant::now() + unit.remaining())
    };
    app.seed_clickhouse("trending_content", &[post(0, "seeded")]).await;
    assert_eq!(read(&another()).await, ["seeded"], "before the first rebuild");
    let clickhouse = unit.stores().clickhouse.clone().expect("configured");
    app.seed_clickhouse("trending_content", &[post(1, "former"), post(2, "latter")]).await;
    record(&app, 1, "published").await;
    clickhouse.forget_generation().await;
    assert_eq!(read(&unit).await, ["former"]);
    record(&app, 2, "published").await;
    clickhouse.forget_generation().await;
    assert_eq!(read(&unit).await, ["former"], "the same answer");
    assert_eq!(read(&another()).await, ["latter"], "the next one");
}

#[actix_web::test]
async fn a_rebuild_that_broke_off_changes_no_answer_and_is_finished_by_the_job() {
    let app = imported().await;
    let client = app.partner(10, Plan::Saas).await;
    let before = listed(&client).await;
    assert_eq!(before.len(), 1);
    // What an import leaves that is killed while it derives.
    let observation = json!({
        "platform": "YOUTUBE", "platform_id": "UC000000000000000000009", "post_id": "vid00000010",
        "observed_on": "2020-08-14", "published_at": "2020-08-13 00:00:00", "views": 70,
    });
    app.seed_clickhouse("post_observations", &[observation]).await;
    record(&app, 2, "begun").await;
    app.seed_clickhouse("trending_content", &[post(2, "half")]).await;
    assert_eq!(listed(&client).await, before);
    assert_eq!(read(&app.session_of(10).await).await, ["vid00000009"]);

    assert_eq!(jobs::run(&app, "warehouse").await, 1);
    let mut found = read(&app.session_of(10).await).await;
    found.sort();
    assert_eq!(found, ["vid00000009", "vid00000010"]);
    assert_eq!(rows(&app, STORED).await, ["1", "3"], "answers may still read the former one");
    assert_eq!(jobs::run(&app, "warehouse").await, 0, "nothing is left to do");
}

#[actix_web::test]
async fn the_job_removes_what_was_replaced_long_ago() {
    let app = imported().await;
    app.seed_clickhouse("trending_content", &[post(0, "old"), post(1, "first")]).await;
    let log = [("begun", 20), ("published", 19)]
        .map(|(state, hours)| format!("SELECT 2, '{state}', now64(3) - toIntervalHour({hours})"));
    let log = format!("INSERT INTO derived_generations {}", log.join(" UNION ALL "));
    app.clickhouse(&log, String::new()).await;
    app.seed_clickhouse("trending_content", &[post(2, "second")]).await;
    jobs::run(&app, "warehouse").await;
    assert!(!rows(&app, STORED).await.contains(&"0".to_owned()));
    assert_eq!(
        rows(&app, "SELECT count() FROM trending_content WHERE generation = 1").await,
        ["0"]
    );
}

#[actix_web::test]
async fn rebuilds_at_the_same_time_write_a_generation_each() {
    let app = imported().await;
    let stores = app.session_of(10).await.stores().clone();
    let zone = app.config.app.time_zone;
    record(&app, 2, "begun").await;
    let service = coffee::modules::warehouse::WarehouseService;
    let both = tokio::join!(service.rebuild(&stores, zone), service.rebuild(&stores, zone));
    both.0.expect("rebuilds");
    both.1.expect("rebuilds");
    let log = "SELECT generation, count() FROM derived_generations GROUP BY generation ORDER BY generation";
    assert_eq!(rows(&app, log).await, ["1\t2", "2\t1", "3\t2", "4\t2"]);
}
