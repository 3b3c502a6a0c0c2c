//! Files of cases, and the rows that they start from.

use std::path::PathBuf;

use coffee::core::db::migrate;
use sea_orm::sqlx::{self, AssertSqlSafe};
use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::support::TestApp;

/// A file of cases.
#[derive(Deserialize)]
pub(super) struct Suite<C> {
    /// Files of rows, below `tests/golden`.
    seed: Vec<String>,
    /// File of the collector's answers.
    #[serde(default)]
    pub(super) needs: Needs,
    pub(super) cases: Vec<C>,
    /// What other services answer, by method and path.
    #[serde(default)]
    pub(super) neighbours: serde_json::Map<String, serde_json::Value>,
}

/// What a suite needs besides its rows.
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Needs {
    /// File with the collector's answers, by path and query.
    pub(super) collector: Option<String>,
    /// Folder of report files, by bucket and path.
    pub(super) objects: Option<String>,
}

impl<C: DeserializeOwned> Suite<C> {
    pub(super) fn read(name: &str) -> Self {
        serde_json::from_str(&file(&format!("cases/{name}.json"))).expect("a suite")
    }

    /// Puts the rows into the stores of the test. May be done again.
    pub(super) async fn seed(&self, app: &TestApp) {
        for name in &self.seed {
            let script = file(name);
            if name.ends_with(".clickhouse.sql") {
                for statement in migrate::statements(&script) {
                    app.clickhouse("", statement).await;
                }
            } else {
                run(app, &script).await;
            }
        }
    }
}

/// Runs statements as the schema's owner.
pub(super) async fn run(app: &TestApp, script: &str) {
    let mut connection = app.owner.acquire().await.expect("a connection").detach();
    let done = sqlx::raw_sql(AssertSqlSafe(script.to_owned())).execute(&mut connection).await;
    done.unwrap_or_else(|error| panic!("{error}"));
}

/// A file or folder below `tests/golden`.
pub(super) fn path(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name)
}

/// Text of a file below `tests/golden`.
pub(super) fn file(name: &str) -> String {
    let path = path(name);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}
