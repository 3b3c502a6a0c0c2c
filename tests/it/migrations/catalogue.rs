//! Whatever the way, both stores end with the same catalogue.

use coffee::core::config::Config;
use coffee::core::db::clickhouse::ClickHouse;
use coffee::core::db::migrate::{
    CLICKHOUSE, Migrations, POSTGRES, clickhouse, clickhouse_with, postgres, postgres_with,
    statements,
};
use uuid::Uuid;

use super::{first_version, up_to};
use crate::process::server::output;
use crate::support::{Database, url};

/// Everything that `pg_dump` knows of a schema; columns and entries in the order of their names.
fn catalogue(database: &Database) -> Vec<String> {
    let mut pg_dump = std::process::Command::new("pg_dump");
    let (_, text, stderr) = output(pg_dump.args(["-s", "-d"]).arg(database.owner_url()));
    assert!(!text.is_empty(), "{stderr}");
    let entries = text.split("\n--\n-- Name:").filter(|entry| !entry.contains("\\restrict"));
    let mut entries: Vec<String> = entries.map(|entry| sorted_columns(entry.trim())).collect();
    entries.sort();
    entries
}

/// A table's columns and constraints by name; any other entry as it is.
fn sorted_columns(entry: &str) -> String {
    if !entry.contains("CREATE TABLE") {
        return entry
            .lines()
            .filter(|line| !line.contains("restrict"))
            .collect::<Vec<_>>()
            .join("\n");
    }
    let mut lines: Vec<&str> = entry.lines().map(|line| line.trim_end_matches(',')).collect();
    lines.sort_unstable();
    lines.join("\n")
}

fn assert_same(wanted: &[String], found: &[String], way: &str) {
    let missing: Vec<&String> = wanted.iter().filter(|entry| !found.contains(entry)).collect();
    let excess: Vec<&String> = found.iter().filter(|entry| !wanted.contains(entry)).collect();
    assert!(missing.is_empty() && excess.is_empty(), "{way}: {missing:#?}\n\ninstead: {excess:#?}");
}

#[actix_web::test]
async fn every_way_to_the_newest_version_of_postgresql_ends_in_the_same_catalogue() {
    let fresh = Database::create_empty().await;
    let mut owner = fresh.owner().await;
    let created = postgres(&mut owner).await.expect("creates");
    assert_eq!((created.from, created.to), (None, POSTGRES.version()));
    let wanted = catalogue(&fresh);

    let (database, mut owner) = first_version().await;
    let upgraded = postgres(&mut owner).await.expect("upgrades");
    assert_eq!((upgraded.from, upgraded.to), (Some(1), POSTGRES.version()));
    assert_same(&wanted, &catalogue(&database), "all steps at once");
    Database::drop_now(&database.name).await;

    let (database, mut owner) = first_version().await;
    for version in 2..=POSTGRES.steps.len() + 1 {
        let done = postgres_with(&mut owner, up_to(version), &|_| {}).await.expect("one step");
        assert_eq!(done.steps.len(), 1, "{done:?}");
    }
    postgres(&mut owner).await.expect("repeats the end of the schema");
    assert_same(&wanted, &catalogue(&database), "one step after the other");
    Database::drop_now(&database.name).await;
    Database::drop_now(&fresh.name).await;
}

fn clickhouse_of_its_own() -> (Config, ClickHouse) {
    let (url, database) = (url("COFFEE__CLICKHOUSE__URL"), Uuid::new_v4().simple());
    let section = format!(
        "env = \"test\"\n[clickhouse]\nurl = \"{url}\"\ndatabase = \"coffee_test_{database}\""
    );
    let config = Config::from_toml(&section).expect("a configuration");
    let clickhouse = ClickHouse::new(&config).expect("configured");
    (config, clickhouse)
}

async fn tables(clickhouse: &ClickHouse) -> Vec<String> {
    let client = clickhouse.client();
    let names = client.query("SELECT name FROM system.tables WHERE database = currentDatabase()");
    let mut tables = Vec::new();
    for name in names.fetch_all::<String>().await.expect("tables") {
        let show = client.query(&format!("SHOW CREATE TABLE {name}"));
        let text = show.fetch_one::<String>().await.expect("a definition");
        let lines = text.lines().skip(1).map(|line| line.trim_end_matches(','));
        let mut lines: Vec<&str> = lines.collect();
        lines.sort_unstable();
        tables.push(format!("{name}\n{}", lines.join("\n")));
    }
    tables.sort();
    tables
}

async fn drop_database(config: &Config, clickhouse: &ClickHouse) {
    let sql = format!("DROP DATABASE {}", config.clickhouse.database);
    clickhouse.client().query(&sql).execute().await.expect("dropped");
}

#[actix_web::test]
async fn every_way_to_the_newest_version_of_clickhouse_ends_in_the_same_tables() {
    let (fresh_config, fresh) = clickhouse_of_its_own();
    let created = clickhouse(&fresh_config, &fresh).await.expect("creates");
    assert_eq!((created.from, created.to), (None, CLICKHOUSE.version()));
    let wanted = tables(&fresh).await;
    let again = clickhouse(&fresh_config, &fresh).await.expect("runs again");
    assert_eq!((again.from, again.steps.len()), (Some(CLICKHOUSE.version()), 0));
    drop_database(&fresh_config, &fresh).await;

    // Installations of version 1 had no table of versions, and perhaps not every table.
    let (config, old) = clickhouse_of_its_own();
    let nothing = Migrations { schema: "", steps: &[] };
    clickhouse_with(&config, &old, nothing, &|_| {}).await.expect("a database");
    old.client().query("DROP TABLE schema_version").execute().await.expect("dropped");
    let baseline = include_str!("../../../migrations/clickhouse/0001_baseline.sql");
    for statement in statements(baseline).iter().take(2) {
        old.client().query_raw(statement).execute().await.expect("a table");
    }
    for version in 1..=CLICKHOUSE.steps.len() + 1 {
        let steps = Migrations { schema: "", steps: &CLICKHOUSE.steps[..version - 1] };
        clickhouse_with(&config, &old, steps, &|_| {}).await.expect("one step");
    }
    let done = clickhouse(&config, &old).await.expect("upgrades");
    assert_eq!((done.from, done.to), (Some(CLICKHOUSE.version()), CLICKHOUSE.version()));
    assert_same(&wanted, &tables(&old).await, "from version 1");
    drop_database(&config, &old).await;
}

#[actix_web::test]
async fn rows_of_the_derived_tables_stay_readable_and_count_as_derived_then() {
    let (config, store) = clickhouse_of_its_own();
    let baseline = include_str!("../../../migrations/clickhouse/0001_baseline.sql");
    let first = Migrations { schema: baseline, steps: &[] };
    clickhouse_with(&config, &store, first, &|_| {}).await.expect("version 1");
    for insert in [
        "INSERT INTO leaderboard (month, platform, platform_id, handle) \
         VALUES ('2024-05-01', 'YOUTUBE', 'UC1', 'old')",
        "INSERT INTO social_profile_time_series (platform, platform_profile_id, date, followers) \
         VALUES ('YOUTUBE', 7, '2024-05-01', 70)",
        "INSERT INTO genre_overview (month, platform, category, creators) \
         VALUES ('ALL', 'YOUTUBE', 'Music', 3)",
        "INSERT INTO trending_content (month, platform, post_id, views) \
         VALUES ('2024-05-01', 'YOUTUBE', 'v1', 9)",
    ] {
        store.client().query_raw(insert).execute().await.expect(insert);
    }
    clickhouse(&config, &store).await.expect("upgrades");
    let read = "SELECT concat( \
        (SELECT assumeNotNull(any(handle)) FROM leaderboard WHERE generation = 0), '|', \
        (SELECT toString(any(followers)) FROM social_profile_time_series WHERE generation = 0), '|', \
        (SELECT toString(any(creators)) FROM genre_overview WHERE generation = 0), '|', \
        (SELECT toString(any(views)) FROM trending_content WHERE generation = 0), '|', \
        (SELECT toString(max(generation)) FROM derived_generations WHERE state = 'published'))";
    let found = store.client().query(read).fetch_one::<Option<String>>().await.expect("rows");
    assert_eq!(found.as_deref(), Some("old|70|3|9|0"));
    drop_database(&config, &store).await;
}

#[actix_web::test]
async fn a_clickhouse_schema_that_broke_off_is_created_again() {
    let (config, store) = clickhouse_of_its_own();
    let broken = Migrations {
        schema: "CREATE TABLE IF NOT EXISTS accounts (a UInt8) ENGINE = Memory;\nCREATE NONSENSE;\n",
        steps: &[],
    };
    clickhouse_with(&config, &store, broken, &|_| {}).await.expect_err("refused");
    store.client().query("DROP TABLE accounts").execute().await.expect("dropped");
    let done = clickhouse(&config, &store).await.expect("creates");
    assert_eq!(done.from, None);
    drop_database(&config, &store).await;
}
