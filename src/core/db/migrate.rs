//! Brings the schemas of both stores up to date. Safe to run again and from several replicas.

use clickhouse::sql::Identifier;
use sea_orm::sqlx::{self, AssertSqlSafe, Connection as _, Executor as _, PgConnection, Row as _};

use crate::core::config::Config;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::postgres::connect_owner;
use crate::core::error::Error;

/// The whole PostgreSQL schema of a new installation.
pub const SCHEMA: &str = include_str!("../../../schema.sql");
/// The whole ClickHouse schema of a new installation.
pub const CLICKHOUSE_SCHEMA: &str = include_str!("../../../schema.clickhouse.sql");
/// Version that [`SCHEMA`] describes.
pub const VERSION: i32 = 1;
/// Upgrades of older installations: the version they lead to, and the statements.
const UPGRADES: [(i32, &str); 0] = [];
/// Key of the advisory lock that keeps replicas from migrating at once ("coffee" in hexadecimal).
const LOCK: i64 = 0x636f_6666_6565;

/// What a migration did.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Migrated {
    /// Version before; `None` for an empty database.
    pub from: Option<i32>,
    /// Version after.
    pub to: i32,
}

/// Migrates PostgreSQL on a connection of its own, as the schema's owner.
///
/// # Errors
/// It does not answer, or a statement fails; nothing of its version is kept.
pub async fn postgres_of(config: &Config) -> Result<Migrated, Error> {
    let failed = |error: sqlx::Error| Error::internal("postgresql", error);
    let pool = connect_owner(config).await.map_err(|error| Error::internal("postgresql", error))?;
    let mut connection = pool.acquire().await.map_err(failed)?.detach();
    let done = postgres(&mut connection).await?;
    connection.close().await.map_err(failed)?;
    Ok(done)
}

/// Migrates PostgreSQL on a connection of the schema's owner.
///
/// # Errors
/// A statement fails; nothing of its version is kept.
pub async fn postgres(connection: &mut PgConnection) -> Result<Migrated, Error> {
    let failed = |error: sqlx::Error| Error::internal("postgresql", error);
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    let outcome = locked(connection).await.map_err(failed);
    sqlx::query("SELECT pg_advisory_unlock($1)")
        .bind(LOCK)
        .execute(&mut *connection)
        .await
        .map_err(failed)?;
    outcome
}

async fn locked(connection: &mut PgConnection) -> Result<Migrated, sqlx::Error> {
    connection.execute("SET statement_timeout = 0").await?;
    let from = version(connection).await?;
    let steps: Vec<(i32, &str)> = match from {
        None => vec![(VERSION, SCHEMA)],
        Some(from) => UPGRADES.into_iter().filter(|(version, _)| *version > from).collect(),
    };
    for (version, statements) in steps {
        let mut tx = connection.begin().await?;
        tx.execute(AssertSqlSafe(statements.to_owned())).await?;
        sqlx::query("INSERT INTO schema_version (version) VALUES ($1)")
            .bind(version)
            .execute(&mut *tx)
            .await?;
        tx.commit().await?;
    }
    Ok(Migrated { from, to: VERSION })
}

async fn version(connection: &mut PgConnection) -> Result<Option<i32>, sqlx::Error> {
    let known = sqlx::query("SELECT to_regclass('schema_version') IS NOT NULL")
        .fetch_one(&mut *connection)
        .await?;
    if !known.try_get::<bool, _>(0)? {
        return Ok(None);
    }
    let row = sqlx::query("SELECT max(version) FROM schema_version").fetch_one(connection).await?;
    row.try_get(0)
}

/// Migrates ClickHouse: creates the database and every missing table.
///
/// # Errors
/// It does not answer, or refuses a statement.
pub async fn clickhouse(config: &Config, clickhouse: &ClickHouse) -> Result<(), Error> {
    let database = &config.clickhouse.database;
    let client = clickhouse.client();
    // Asked of `default`: the configured database may not exist yet.
    let create = client.clone().with_database("default").query("CREATE DATABASE IF NOT EXISTS ?");
    create.bind(Identifier(database)).execute().await?;
    for statement in statements(CLICKHOUSE_SCHEMA) {
        client.query_raw(&statement).execute().await?;
    }
    Ok(())
}

/// Statements of a script whose statements end with `;` at the end of a line; comments dropped.
pub fn statements(script: &str) -> Vec<String> {
    let lines = script.lines().filter(|line| !line.trim_start().starts_with("--"));
    let text: Vec<&str> = lines.collect();
    let statements = text.join("\n");
    let parts = statements.split(";\n").map(|part| part.trim().trim_end_matches(';').trim());
    parts.filter(|part| !part.is_empty()).map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_split_at_line_ends() {
        let script = "-- a;\nCREATE TABLE a (b String DEFAULT 'x;y');\n\n-- c\nSELECT 1;\n";
        assert_eq!(statements(script), ["CREATE TABLE a (b String DEFAULT 'x;y')", "SELECT 1"]);
    }
}
