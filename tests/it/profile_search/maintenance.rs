//! Building, folding and repairing the search table.

use coffee::core::types::Plan;
use coffee::import::generate;
use coffee::modules::profile_search::Maintenance;
use serde_json::json;

use super::{SEARCH, change, found};
use crate::jobs::run;
use crate::support::TestApp;

/// Changes something without noting it.
async fn lose(app: &TestApp, sql: &str) {
    change(app, &format!("BEGIN; SET LOCAL app.profile_search = 'loaded'; {sql}; COMMIT")).await;
}

#[actix_web::test]
async fn the_job_builds_the_table_where_there_is_none() {
    let app = TestApp::start_with_search("").await;
    // More text than goes into one block of an insert.
    let mut ids = Vec::new();
    for number in 1..=5 {
        let text = format!("{} end{number}", "words and ".repeat(15_000));
        ids.push(app.seed_instagram(&json!({"search_phrase": text, "followers": number})).await);
    }
    assert_eq!(run(&app, "profile-search").await, 5);
    let client = app.partner(10, Plan::Saas).await;
    assert_eq!(found(&client, &[]).await, ids);
    assert_eq!(found(&client, &[("LIKE", "search_phrase", "and end4")]).await, [ids[3]]);
    assert_eq!(run(&app, "profile-search").await, 0, "it is there");
}

#[actix_web::test]
async fn ids_may_be_far_apart() {
    let app = TestApp::start_with_search("").await;
    let ids = [1, 5_000_000_000, i64::MAX];
    for (followers, id) in ids.iter().enumerate() {
        app.seed_instagram(&json!({"id": id, "followers": followers})).await;
    }
    app.build_search_table().await;
    let client = app.partner(10, Plan::Saas).await;
    assert_eq!(found(&client, &[]).await, ids);
    assert_eq!(run(&app, "profile-search-drift").await, 0);
    lose(&app, "UPDATE instagram_account SET followers = 9 WHERE id = 9223372036854775807").await;
    assert_eq!(run(&app, "profile-search-drift").await, 1);
}

#[actix_web::test]
async fn a_rebuild_that_broke_off_goes_on() {
    let app = TestApp::start_with_clickhouse().await;
    let (first, second) = (1, 1 + (1 << 20));
    for id in [first, second] {
        app.seed_instagram(&json!({"id": id})).await;
    }
    let begun = "INSERT INTO profile_search_rebuilt (rebuild, platform, partition, begun_at) \
                 VALUES (1, 'INSTAGRAM', 0, now64(3))";
    app.clickhouse(begun, String::new()).await;
    let half = "INSERT INTO profile_search_staging (platform, id) VALUES ('INSTAGRAM', 1048577), ('INSTAGRAM', 1048578)";
    app.clickhouse(half, String::new()).await;
    let stores = app.stores().await;
    let maintenance = Maintenance::new(&stores).expect("ClickHouse");
    let ids = async || {
        let sql = "SELECT arrayStringConcat(arraySort(groupArray(toString(id))), ' ') FROM profile_search";
        app.clickhouse(sql, String::new()).await.trim().to_owned()
    };
    let mut told = Vec::new();
    maintenance.rebuild(false, |progress| told.push(progress.done)).await.expect("goes on");
    assert_eq!(told, [1, 2], "the first partition is taken to be there");
    assert_eq!(ids().await, "1048577", "nothing of what was staged half");
    assert!(maintenance.standing().await.expect("stands").is_ready);
    change(&app, "DELETE FROM instagram_account WHERE id > 1").await;
    maintenance.rebuild(false, |_| {}).await.expect("anew, since the last one is complete");
    assert_eq!(ids().await, "1", "nor of a partition without accounts");
}

#[actix_web::test]
async fn the_delta_is_folded_in_and_leaves_when_every_search_has_seen_it() {
    let app = TestApp::start_with_search("").await;
    let mut ids = Vec::new();
    for followers in 1..=5 {
        ids.push(app.seed_instagram(&json!({"followers": followers})).await);
    }
    app.build_search_table().await;
    change(&app, "UPDATE instagram_account SET followers = 9 WHERE followers = 1").await;
    change(&app, "UPDATE instagram_account SET enabled = false WHERE followers = 2").await;
    ids.push(app.seed_instagram(&json!({"followers": 10})).await);
    app.search_table_follows().await;
    let client = app.partner(10, Plan::Saas).await;
    let expected = [ids[2], ids[3], ids[4], ids[0], ids[5]];
    assert_eq!(found(&client, &[]).await, expected, "before");
    let stores = app.stores().await;
    let maintenance = Maintenance::new(&stores).expect("ClickHouse");
    maintenance.keep_up(1).await.expect("folds");
    let size = async || {
        let standing = maintenance.standing().await.expect("stands");
        (standing.rows, standing.delta)
    };
    let (rows, delta) = size().await;
    assert!(rows == 5 && delta >= 3, "folded and still there: {rows} {delta}");
    assert_eq!(found(&client, &[]).await, expected, "folded");
    // Two minutes pass.
    let age = "INSERT INTO profile_search_rebuilt \
               SELECT rebuild, platform, partition, begun_at, rebuilt_at - 300 FROM profile_search_rebuilt";
    app.clickhouse(age, String::new()).await;
    maintenance.keep_up(u64::MAX).await.expect("cleans");
    assert_eq!(size().await, (5, 0));
    assert_eq!(found(&client, &[]).await, expected, "cleaned");
}

#[actix_web::test]
async fn what_got_lost_is_counted_and_repaired() {
    let app = TestApp::start_with_search("").await;
    let kept = app.seed_instagram(&json!({"followers": 1})).await;
    let changed = app.seed_instagram(&json!({"followers": 2})).await;
    let gone = app.seed_instagram(&json!({"followers": 3})).await;
    app.build_search_table().await;
    app.search_table_follows().await;
    assert_eq!(run(&app, "profile-search-drift").await, 0, "nothing is lost");
    lose(&app, "UPDATE instagram_account SET followers = 4 WHERE followers = 2").await;
    lose(&app, "DELETE FROM instagram_account WHERE followers = 3").await;
    lose(&app, "INSERT INTO instagram_account (ig_id, handle, country, followers) VALUES ('new', 'new', 'IN', 5)").await;
    let client = app.partner(10, Plan::Saas).await;
    let stale = found(&client, &[("LTE", "followers", "3")]).await;
    assert_eq!(stale, [kept, changed], "found by what it was; what is gone is not shown");
    assert_eq!(run(&app, "profile-search-drift").await, 3);
    app.search_table_follows().await;
    assert_eq!(found(&client, &[("LTE", "followers", "3")]).await, [kept]);
    assert_eq!(found(&client, &[]).await.len(), 3);
    assert_eq!(run(&app, "profile-search-drift").await, 0, "repaired; {gone} is gone");
}

/// Has the rows of accounts in the table once more, as a ClickHouse has that died when they had been replaced.
async fn double(app: &TestApp, followers: i64) {
    let again = format!(
        "INSERT INTO profile_search SELECT * FROM profile_search WHERE followers = {followers}"
    );
    app.clickhouse(&again, String::new()).await;
}

#[actix_web::test]
async fn what_somebody_left_behind_is_written_anew() {
    let app = TestApp::start_with_search("").await;
    for followers in 1..=3 {
        app.seed_instagram(&json!({"followers": followers})).await;
    }
    app.build_search_table().await;
    assert_eq!(run(&app, "profile-search").await, 0, "nothing is left");
    double(&app, 2).await;
    let half = "INSERT INTO profile_search_staging (platform, id) VALUES ('INSTAGRAM', 1), ('INSTAGRAM', 1)";
    app.clickhouse(half, String::new()).await;
    assert_eq!(run(&app, "profile-search").await, 3, "the partition");
    let rows =
        "SELECT (SELECT count() FROM profile_search), (SELECT count() FROM profile_search_staging)";
    assert_eq!(app.clickhouse(rows, String::new()).await, "3\t0\n");
}

#[actix_web::test]
async fn an_account_that_is_there_twice_is_repaired() {
    let app = TestApp::start_with_search("").await;
    for followers in 1..=3 {
        app.seed_instagram(&json!({"followers": followers})).await;
    }
    app.search_table_follows().await;
    app.build_search_table().await;
    app.clickhouse("TRUNCATE TABLE profile_search_delta", String::new()).await;
    let client = app.partner(10, Plan::Saas).await;
    let count =
        async || client.list(SEARCH, &[]).await.success()["status"]["filteredCount"].clone();
    assert_eq!(count().await, 3);
    double(&app, 2).await;
    assert_eq!(count().await, 4, "counted twice");
    assert_eq!(run(&app, "profile-search-drift").await, 1);
    app.search_table_follows().await;
    assert_eq!(count().await, 3);
    assert_eq!(run(&app, "profile-search-drift").await, 0, "repaired");
}

#[actix_web::test]
async fn generated_accounts_are_the_same_every_time_and_leave_the_tables_as_they_were() {
    let (app, other) = (TestApp::start_with_clickhouse().await, TestApp::start().await);
    let text = async |app: &TestApp, sql: &str| -> String {
        let sql = sea_orm::sqlx::AssertSqlSafe(sql.to_owned());
        sea_orm::sqlx::query_scalar(sql).fetch_one(&app.owner).await.expect("a text")
    };
    let shape = "SELECT (SELECT string_agg(indexdef, ';' ORDER BY indexname) FROM pg_indexes \
                         WHERE tablename IN ('instagram_account', 'youtube_account')) \
                     || (SELECT string_agg(concat(tgname, tgenabled), ';' ORDER BY tgname) FROM pg_trigger \
                         WHERE NOT tgisinternal)";
    let before = text(&app, shape).await;
    generate(&app.config, 60).await.expect("generated");
    generate(&app.config, 40).await.expect("more");
    assert_eq!(text(&app, shape).await, before, "indexes and triggers");
    generate(&other.config, 100).await.expect("generated");
    let rows = "SELECT concat((SELECT string_agg((to_jsonb(a) - '{id,created_at,updated_at}'::text[])::text, '' ORDER BY ig_id) \
                               FROM instagram_account a), \
                              (SELECT string_agg((to_jsonb(a) - '{id,created_at,updated_at}'::text[])::text, '' ORDER BY channel_id) \
                               FROM youtube_account a))";
    assert_eq!(text(&app, rows).await, text(&other, rows).await);
    app.build_search_table().await;
    let stores = app.stores().await;
    let maintenance = Maintenance::new(&stores).expect("ClickHouse");
    let standing = maintenance.standing().await.expect("stands");
    assert_eq!((standing.rows, standing.waiting), (100, 0), "loaded, not noted");
}
