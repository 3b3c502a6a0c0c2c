//! Statements of the import, on the schema owner's behalf.

mod channels;
mod generated;
mod hashtags;
pub(super) mod observations;
mod profiles;

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use sea_orm::{ConnectionTrait as _, DbBackend, Statement, Value};
use serde::Serialize;
use serde::de::DeserializeOwned;
use uuid::Uuid;

use super::ImportError;
use crate::core::config::Config;
use crate::core::db::{Db, Scope, Tx, TxSettings};
use crate::core::error::Error;
use crate::core::stores::{OpenError, Stores};
use crate::core::types::COUNTRY_NAMES;

pub(super) use channels::write_channels;
pub use generated::generate;
pub(super) use hashtags::write_hashtags;
pub(super) use profiles::write_profiles;

/// Accounts of one transaction.
pub(super) const BATCH: usize = 500;
/// A statement that takes longer is stuck.
const STATEMENT_LIMIT: Duration = Duration::from_secs(3600);

impl From<clickhouse::error::Error> for ImportError {
    fn from(error: clickhouse::error::Error) -> Self {
        Self::Store(error.into())
    }
}

/// PostgreSQL with the rights to load catalogue data.
pub(super) struct Owner {
    stores: Stores,
}

impl Owner {
    /// Connects.
    pub(super) async fn connect(config: &Config) -> Result<Self, ImportError> {
        match Stores::open_as_owner(config.clone()).await {
            Ok(stores) => Ok(Self { stores }),
            Err(OpenError::Postgres(error)) => Err(error.into()),
            Err(error) => Err(Error::internal("stores", error).into()),
        }
    }

    /// Begins a transaction.
    pub(super) async fn begin(&self) -> Result<Tx, Error> {
        let (scope, deadline) = (Some(Scope::Platform), Instant::now() + STATEMENT_LIMIT);
        let settings = TxSettings { scope, deadline, tag: Uuid::new_v4() };
        Ok(Tx::begin(self.stores.primary(), settings).await?)
    }

    /// For what begins no transaction here.
    pub(super) fn stores(&self) -> &Stores {
        &self.stores
    }

    /// Where the statements of a transaction run.
    pub(super) fn db<'a>(&'a self, tx: &'a Tx) -> Db<'a> {
        Db::tx(tx, &self.stores.metrics.statements)
    }
}

/// What became of the accounts of a batch.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Written {
    pub(super) created: u64,
    pub(super) updated: u64,
    pub(super) unchanged: u64,
}

impl Written {
    /// `written` counts the created ones too: each gets its columns right after.
    fn new(all: usize, created: u64, written: u64) -> Self {
        let updated = written.saturating_sub(created);
        Self { created, updated, unchanged: (all as u64).saturating_sub(created + updated) }
    }
}

/// Rebuilds the places that accounts can be searched by.
pub(super) async fn refresh_locations(db: &Db<'_>) -> Result<(), Error> {
    let names: BTreeMap<&str, &str> = COUNTRY_NAMES.iter().copied().collect();
    execute(db, "SELECT refresh_locations($1)", [json(&names)?]).await.map(drop)
}

/// Number of rows that a statement wrote.
async fn execute(
    db: &Db<'_>,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<u64, Error> {
    Ok(db.execute_raw(statement(sql, values)).await?.rows_affected())
}

/// Rows of a statement that returns one JSON object per row.
async fn objects<T: DeserializeOwned>(
    db: &Db<'_>,
    sql: &str,
    values: impl IntoIterator<Item = Value>,
) -> Result<Vec<T>, Error> {
    let rows = db.query_all_raw(statement(sql, values)).await?;
    let objects = rows.into_iter().map(|row| {
        let object = row.try_get_by_index(0)?;
        serde_json::from_value(object).map_err(|error| Error::internal("postgresql", error))
    });
    objects.collect()
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}

fn json(rows: &impl Serialize) -> Result<Value, Error> {
    let rows = serde_json::to_value(rows).map_err(|error| Error::internal("import", error))?;
    Ok(rows.into())
}
