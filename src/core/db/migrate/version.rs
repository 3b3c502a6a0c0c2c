//! Which version a store is at, against the one that this binary needs.

use clickhouse::Client;
use sea_orm::sqlx::{self, PgConnection, PgPool};
use serde::Serialize;

use super::step::{CLICKHOUSE, POSTGRES};
use crate::core::db::failure;
use crate::core::error::Error;

/// SQLSTATEs of a table that does not exist, and of one that may not be read: in version 1 the
/// application could not read its version.
const UNDEFINED_TABLE: &str = "42P01";
const NOT_GRANTED: &str = "42501";
/// ClickHouse's codes of a table and a database that do not exist.
const UNKNOWN_TABLE: &str = "Code: 60.";
const UNKNOWN_DATABASE: &str = "Code: 81.";

const LATEST: &str = "SELECT max(version) FROM schema_version";

/// How a store's schema compares with what this binary needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Standing {
    /// The same.
    Current,
    /// Steps are missing: this binary cannot work.
    Older,
    /// A later binary migrated it: this one works until it is replaced.
    Newer,
}

/// Version of one store.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SchemaVersion {
    /// Where the store is; 0 = no schema yet.
    pub installed: i32,
    /// What this binary needs.
    pub needed: i32,
    /// How they compare.
    pub state: Standing,
}

/// Versions of both stores; `None` of one that is not configured or does not answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct SchemaVersions {
    /// PostgreSQL.
    pub postgres: Option<SchemaVersion>,
    /// ClickHouse.
    pub clickhouse: Option<SchemaVersion>,
}

/// A schema that this binary cannot work with.
#[derive(Debug, thiserror::Error)]
#[error(
    "{store} is at schema version {installed}, this coffee needs version {needed}.\n\
     Run `coffee migrate` with COFFEE__POSTGRES__OWNER_URL set to the schema's owner, then start again."
)]
pub struct SchemaTooOld {
    store: &'static str,
    installed: i32,
    needed: i32,
}

impl SchemaVersion {
    fn new(installed: Option<i32>, needed: i32) -> Self {
        let installed = installed.unwrap_or(0);
        let state = match installed.cmp(&needed) {
            std::cmp::Ordering::Less => Standing::Older,
            std::cmp::Ordering::Equal => Standing::Current,
            std::cmp::Ordering::Greater => Standing::Newer,
        };
        Self { installed, needed, state }
    }

    /// That of PostgreSQL.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn of_postgres(pool: &PgPool) -> Result<Self, Error> {
        let latest = sqlx::query_scalar(LATEST).fetch_one(pool).await;
        Ok(Self::new(installed(latest)?, POSTGRES.version()))
    }

    /// That of ClickHouse.
    ///
    /// # Errors
    /// It does not answer.
    pub async fn of_clickhouse(client: &Client) -> Result<Self, Error> {
        Ok(Self::new(of_clickhouse(client).await?, CLICKHOUSE.version()))
    }
}

impl SchemaVersions {
    /// Name and version of each store that answered.
    pub fn named(&self) -> impl Iterator<Item = (&'static str, SchemaVersion)> {
        let both = [("PostgreSQL", self.postgres), ("ClickHouse", self.clickhouse)];
        both.into_iter().filter_map(|(store, version)| Some((store, version?)))
    }

    /// Whether this binary can work with both; a store that does not answer is not held against it.
    ///
    /// # Errors
    /// The first store that cannot be worked with.
    pub fn check(&self) -> Result<(), SchemaTooOld> {
        match self.named().find(|(_, version)| version.state == Standing::Older) {
            None => Ok(()),
            Some((store, SchemaVersion { installed, needed, .. })) => {
                Err(SchemaTooOld { store, installed, needed })
            }
        }
    }
}

/// Version that PostgreSQL is at; `None` without a schema.
pub(super) async fn of_postgres(connection: &mut PgConnection) -> Result<Option<i32>, Error> {
    installed(sqlx::query_scalar(LATEST).fetch_one(connection).await)
}

fn installed(latest: Result<Option<i32>, sqlx::Error>) -> Result<Option<i32>, Error> {
    latest.or_else(|error| {
        let code = error.as_database_error().and_then(|error| error.code());
        match code.as_deref() {
            Some(UNDEFINED_TABLE) => Ok(None),
            Some(NOT_GRANTED) => Ok(Some(1)),
            _ => Err(failure(error)),
        }
    })
}

/// Version that ClickHouse is at; `None` without a schema, or with one that broke off.
pub(super) async fn of_clickhouse(client: &Client) -> Result<Option<i32>, Error> {
    const ANY_TABLE: &str = "SELECT count() FROM system.tables \
        WHERE database = currentDatabase() AND name <> 'schema_version'";
    match client.query(LATEST).fetch_one::<u32>().await {
        Ok(0) => Ok(None),
        Ok(version) => Ok(Some(i32::try_from(version).unwrap_or(i32::MAX))),
        Err(clickhouse::error::Error::BadResponse(text)) if text.contains(UNKNOWN_DATABASE) => {
            Ok(None)
        }
        Err(clickhouse::error::Error::BadResponse(text)) if text.contains(UNKNOWN_TABLE) => {
            let tables = client.query(ANY_TABLE).fetch_one::<u64>().await?;
            Ok((tables > 0).then_some(1))
        }
        Err(error) => Err(error.into()),
    }
}
