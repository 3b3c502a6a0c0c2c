//! Brings the schemas of both stores up to date. Safe to run again and from several replicas.
//!
//! A new installation runs the whole schema; one that exists runs the numbered steps that it lacks, each
//! in a transaction of its own where it can. `migrations/README.md` says how to write one.

mod clickhouse;
mod postgres;
mod step;
mod version;

use sea_orm::sqlx::PgConnection;

pub use clickhouse::{clickhouse, clickhouse_with};
pub use postgres::{lock, postgres, postgres_with};
pub use step::{CLICKHOUSE, Migrations, POSTGRES, Step, statements};
pub use version::{SchemaTooOld, SchemaVersion, SchemaVersions, Standing};

use super::clickhouse::ClickHouse;
use super::postgres::connect_owner;
use crate::core::config::Config;
use crate::core::db::failure;
use crate::core::error::Error;

/// What a migration did, or would do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Migrated {
    /// Version before; `None` for an empty database.
    pub from: Option<i32>,
    /// Version after.
    pub to: i32,
    /// What led there, in words.
    pub steps: Vec<String>,
}

/// Tells whoever waits for a migration what it does and what it waits for.
pub type Report<'a> = &'a (dyn Fn(&str) + Sync);

/// A connection of the schema's owner, for locks that last as long as it does.
///
/// # Errors
/// PostgreSQL does not answer.
pub async fn connect(config: &Config) -> Result<PgConnection, Error> {
    let pool = connect_owner(config).await.map_err(|error| Error::internal("postgresql", error))?;
    let connection = pool.acquire().await.map_err(failure)?;
    Ok(connection.detach())
}

/// What migrations of both stores would do; changes nothing and takes no lock.
///
/// # Errors
/// A store does not answer.
pub async fn plan(
    connection: &mut PgConnection,
    clickhouse: Option<&ClickHouse>,
) -> Result<(Migrated, Option<Migrated>), Error> {
    let of_postgres = POSTGRES.plan(version::of_postgres(&mut *connection).await?);
    let of_clickhouse = match clickhouse {
        Some(clickhouse) => {
            let installed = version::of_clickhouse(clickhouse.client()).await?;
            Some(CLICKHOUSE.plan(installed))
        }
        None => None,
    };
    Ok((of_postgres, of_clickhouse))
}
