//! Upgrades of installations that exist.

mod catalogue;
mod names;
mod profiles;
mod steps;
mod versions;

use coffee::core::db::migrate::{Migrations, POSTGRES};
use sea_orm::sqlx::{AssertSqlSafe, Connection as _, Executor as _, PgConnection};

use crate::support::Database;

/// Schema of version 1.
const BASELINE: &str = include_str!("../../../migrations/postgres/0001_baseline.sql");

/// A database at version 1, and a connection of its owner.
async fn first_version() -> (Database, PgConnection) {
    let database = Database::create_empty().await;
    let mut owner = database.owner().await;
    let mut tx = owner.begin().await.expect("begins");
    tx.execute(BASELINE).await.expect("the first schema applies");
    tx.execute("INSERT INTO schema_version (version) VALUES (1)").await.expect("recorded");
    tx.commit().await.expect("commits");
    (database, owner)
}

async fn execute(owner: &mut PgConnection, sql: &str) {
    owner.execute(AssertSqlSafe(sql.to_owned())).await.expect(sql);
}

/// The first steps of PostgreSQL, up to this version.
fn up_to(version: usize) -> Migrations {
    Migrations { schema: "", steps: &POSTGRES.steps[..version - 1] }
}
