//! Accounts that searches find, in PostgreSQL and in the search table.

use std::cell::Cell;

use rand::RngExt as _;
use rand::rngs::StdRng;
use reqwest::Method;
use sea_orm::sqlx::{self, AssertSqlSafe, PgPool};
use serde_json::{Value, json};

use super::bed::Bed;
use super::clickhouse::ClickHouseServer;
use super::process::{PAUSE, within};
use super::staff::Staff;
use super::tool::Tool;

/// Accounts of each platform, and how far apart their ids are: eight partitions of the search table, and four.
const ACCOUNTS: i64 = 1_500;
const STEPS: [(&str, i64); 2] = [("instagram_account", 5_003), ("youtube_account", 2_503)];
pub const PARTITIONS: i64 = 12;
/// One account in so many never changes.
const STILL: i64 = 50;
const SEARCH: &str =
    "/discovery-service/api/profile/INSTAGRAM/search?size=50&sortBy=followers&sortDir=ASC";

/// Puts accounts into PostgreSQL. Nobody notes them, so that they are in the table itself once it is built.
pub async fn seed(bed: &Bed) {
    for (table, step) in STEPS {
        let columns = match table {
            "instagram_account" => "ig_id, handle",
            _ => "channel_id, username",
        };
        bed.execute(&format!(
            "WITH loaded AS (SELECT set_config('app.profile_search', 'loaded', true)) \
             INSERT INTO {table} (id, {columns}, followers, country, categories) \
             SELECT n * {step}, 'h' || n, 'h' || n, n, 'IN', \
                    CASE WHEN n % {STILL} = 0 THEN '{{Still}}' ELSE '{{Food}}' END::text[] \
             FROM loaded, generate_series(1, {ACCOUNTS}) n"
        ))
        .await;
    }
}

/// Changes accounts, makes and removes some, until `done`; what PostgreSQL does not take is no change.
pub async fn change(admin: PgPool, mut random: StdRng, done: &Cell<bool>) {
    while !done.get() {
        let (table, step) = STEPS[usize::from(random.random_bool(0.3))];
        let id = random.random_range(1..=ACCOUNTS) * step;
        let others = format!("id BETWEEN {id} AND {id} + 40000 AND categories <> '{{Still}}'");
        let sql = match random.random_range(0..10) {
            0 => format!("DELETE FROM {table} WHERE id = {id} AND categories <> '{{Still}}'"),
            1 => format!("UPDATE {table} SET enabled = NOT enabled WHERE {others}"),
            2 if table == "instagram_account" => format!(
                "WITH loaded AS (SELECT set_config('app.profile_search', 'loaded', true)) \
                 INSERT INTO {table} (id, ig_id, handle, country, categories) \
                 VALUES ({id} + 1, 'new{id}', 'new{id}', 'US', '{{New}}') ON CONFLICT DO NOTHING"
            ),
            _ => {
                format!("UPDATE {table} SET followers = coalesce(followers, 0) + 7 WHERE {others}")
            }
        };
        let _ = sqlx::query(AssertSqlSafe(sql)).execute(&admin).await;
        tokio::time::sleep(PAUSE).await;
    }
}

/// Searches for the accounts that never change until `done`: each answer is right, whoever gives it.
pub async fn search(staff: &Staff, server: &str, done: &Cell<bool>) {
    let expected: Vec<Value> =
        (1..=ACCOUNTS / STILL).map(|n| (n * STILL * STEPS[0].1).to_string().into()).collect();
    let filter = json!({"filterType": "EQ", "field": "categories", "value": "Still"});
    let body = json!({"filters": [filter]});
    while !done.get() {
        let answer = staff.ask((Method::POST, format!("{server}{SEARCH}")), &body).await;
        let answer = answer.expect("an answer");
        let profiles = answer["profiles"].as_array().unwrap_or_else(|| panic!("no page: {answer}"));
        let found: Vec<Value> =
            profiles.iter().map(|profile| profile["platformCode"].clone()).collect();
        assert_eq!(found, expected, "what a search finds");
        assert_eq!(answer["status"]["filteredCount"], ACCOUNTS / STILL, "what a search counts");
        tokio::time::sleep(PAUSE).await;
    }
}

/// Waits until the search table has every change, and compares all that both stores have.
pub async fn verify(bed: &Bed) {
    let waiting = "SELECT count(*) FROM profile_search_change";
    within(60, "the search table follows", async || bed.number(waiting).await == 0).await;
    let of = |platform, table| {
        format!(
            "SELECT concat_ws(' ', '{platform}', id, xmin, coalesce(followers, -1)) FROM {table} \
             WHERE enabled AND NOT deleted"
        )
    };
    let (people, channels) = (of("INSTAGRAM", STEPS[0].0), of("YOUTUBE", STEPS[1].0));
    let ours = format!("{people} UNION ALL {channels}");
    let ours = sqlx::query_scalar(AssertSqlSafe(ours)).fetch_all(&bed.admin).await;
    let mut ours: Vec<String> = ours.expect("PostgreSQL answers");
    let clickhouse = clickhouse(bed);
    let row = "concat(CAST(platform AS String), ' ', toString(id), ' ', toString(tuple_version), ' ', \
               toString(ifNull(followers, -1)))";
    let theirs = format!(
        "SELECT {row} FROM profile_search \
         WHERE (platform, id) NOT IN (SELECT platform, id FROM profile_search_delta) \
         UNION ALL SELECT {row} FROM profile_search_delta FINAL WHERE is_visible"
    );
    let mut theirs = clickhouse.lines(&theirs).await;
    ours.sort_unstable();
    theirs.sort_unstable();
    println!("  {} accounts, {} waited to be folded in", ours.len(), delta(clickhouse).await);
    assert!(ours.len() as i64 > ACCOUNTS, "there are accounts");
    let missing: Vec<_> = ours.iter().filter(|row| theirs.binary_search(row).is_err()).collect();
    let odd: Vec<_> = theirs.iter().filter(|row| ours.binary_search(row).is_err()).collect();
    assert_eq!((missing, odd), (vec![], vec![]), "only in PostgreSQL, only in the search table");
    assert_eq!(theirs.len(), ours.len(), "accounts are there twice");
    let twice = "SELECT count() - uniqExact(platform, id) FROM profile_search";
    assert_eq!(clickhouse.number(twice).await, 0, "accounts were written twice");
    let staged = "SELECT count() FROM profile_search_staging";
    assert_eq!(clickhouse.number(staged).await, 0, "rows are left on their way");
    let mut drift = Tool::start(bed, &["job", "run", "profile-search-drift", "--json"]);
    assert!(drift.ended().await, "the drift is looked for");
    let said = drift.said().concat();
    let said: Value = serde_json::from_str(&said).unwrap_or_else(|error| panic!("{error}: {said}"));
    assert_eq!(said["rows"], 0, "what got lost");
}

async fn delta(clickhouse: &ClickHouseServer) -> i64 {
    clickhouse.number("SELECT count() FROM profile_search_delta").await
}

pub fn clickhouse(bed: &Bed) -> &ClickHouseServer {
    bed.clickhouse.as_ref().expect("started with one")
}
