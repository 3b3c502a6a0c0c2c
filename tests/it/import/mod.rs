//! Importers on dirty files, and what is derived from them.

mod collections;
mod command;
mod derivations;
mod formats;
mod generations;
mod instagram;
mod youtube;

use std::path::{Path, PathBuf};

use coffee::import::{ListCountry, Reading};
use uuid::Uuid;

use crate::support::TestApp;

/// A folder of the test's own, removed at its end.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = std::env::temp_dir().join(format!("coffee-import-{}", Uuid::new_v4().simple()));
        std::fs::create_dir(&path).expect("a temporary folder");
        Self(path)
    }

    /// Writes a file and tells where it is.
    fn file(&self, name: &str, content: impl AsRef<[u8]>) -> PathBuf {
        let path = self.0.join(name);
        std::fs::write(&path, content).expect("a temporary file");
        path
    }

    fn categories(&self) -> PathBuf {
        self.file("categories.csv", "category_id,title\n10,Music\n24,Entertainment\n")
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

/// How lists are read whose name says no country.
const OF_INDIA: Reading = Reading { country: Some(ListCountry::Code("IN")), encoding: None };

/// Condition on rows of the tables that hold generations.
const PUBLISHED: &str = "\
    generation = (SELECT max(generation) FROM derived_generations WHERE state = 'published')";

/// A file of the demonstration data.
fn demo(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("data/demo").join(name)
}

/// Every row of every table that an import writes, `updated_at` of PostgreSQL included.
async fn everything(app: &TestApp) -> Vec<String> {
    let mut all = Vec::new();
    for table in [
        "instagram_account",
        "youtube_account",
        "campaign_profiles",
        "social_profile_hashtags",
        "locations",
    ] {
        let sql = format!("SELECT coalesce(jsonb_agg(t ORDER BY id), '[]') FROM {table} t");
        all.push(format!("{table} {}", app.value(&sql).await.expect("rows")));
    }
    for (table, condition) in [
        ("post_observations", "true"),
        ("profile_observations", "true"),
        ("accounts", PUBLISHED),
        ("account_periods", PUBLISHED),
        ("social_profile_time_series", PUBLISHED),
        ("leaderboard", PUBLISHED),
        ("genre_overview", PUBLISHED),
        ("trending_content", PUBLISHED),
    ] {
        let columns = format!(
            "SELECT name FROM system.columns WHERE database = currentDatabase() \
             AND table = '{table}' AND name NOT IN ('generation', 'inserted_at', 'updated_at') \
             ORDER BY position"
        );
        let columns = app.clickhouse(&columns, String::new()).await.trim().replace('\n', ", ");
        let rows = format!(
            "SELECT {columns} FROM {table} FINAL WHERE {condition} ORDER BY ALL FORMAT JSONEachRow"
        );
        all.push(format!("{table} {}", app.clickhouse(&rows, String::new()).await));
    }
    all
}

/// Rows of a ClickHouse query, one a line, tabs between the values.
async fn rows(app: &TestApp, sql: &str) -> Vec<String> {
    app.clickhouse(sql, String::new()).await.lines().map(str::to_owned).collect()
}
