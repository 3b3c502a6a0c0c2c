//! Rows from PostgreSQL to ClickHouse: what one writes as text, the other reads.

use std::time::{Duration, Instant};

use futures_util::TryStreamExt as _;

use super::super::entity::Change;
use super::{VISIBLE, accounts};
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::failure;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::types::Platform;

/// Longest wait for a connection.
const PATIENCE: Duration = Duration::from_secs(30);

/// Which rows of a platform are copied.
pub(in super::super) enum Rows<'a> {
    /// Those of these changes, also of accounts that searches do not find.
    Changed(&'a [Change]),
    /// All that searches find, from the first id up to below the second.
    Between(i64, i64),
}

impl Rows<'_> {
    /// Id, number of the change and whether it is found, and where the account comes from.
    fn source(&self, platform: Platform) -> (String, String) {
        let table = accounts(platform);
        match self {
            Self::Changed(changes) => {
                let list = |number: fn(&Change) -> i64| {
                    let numbers: Vec<String> =
                        changes.iter().map(|change| number(change).to_string()).collect();
                    numbers.join(",")
                };
                let (ids, numbers) =
                    (list(|change| change.account_id), list(|change| change.change));
                let head = format!("changed.id, changed.change, {VISIBLE}");
                let from = format!(
                    "unnest('{{{ids}}}'::bigint[], '{{{numbers}}}'::bigint[]) AS changed (id, change) \
                     LEFT JOIN {table} account ON account.id = changed.id"
                );
                (head, from)
            }
            Self::Between(from, to) => {
                let condition = format!("account.id >= {from} AND account.id < {to} AND {VISIBLE}");
                ("account.id, 0, true".to_owned(), format!("{table} account WHERE {condition}"))
            }
        }
    }
}

/// Copies rows into a table like `profile_search`; in constant memory.
///
/// # Errors
/// A store fails; rows that came in before may stay.
pub(in super::super) async fn copy(
    stores: &Stores,
    clickhouse: &ClickHouse,
    (platform, rows): (Platform, Rows<'_>),
    table: &str,
) -> Result<(), Error> {
    let columns = match platform {
        Platform::Instagram => include_str!("sql/instagram.sql"),
        Platform::Youtube => include_str!("sql/youtube.sql"),
    };
    let (head, from) = rows.source(platform);
    let name = platform.name();
    // No text of a client is part of it, so nothing has to be bound, which COPY could not.
    let read = format!("COPY (SELECT '{name}', {head}, {columns} FROM {from}) TO STDOUT");
    let write = format!(
        "INSERT INTO {table} ({}) SETTINGS async_insert = 0 FORMAT TabSeparated",
        include_str!("sql/columns.sql")
    );
    let mut loan = stores.primary().acquire(Instant::now() + PATIENCE).await?;
    let mut texts = loan.connection()?.copy_out_raw(&read).await.map_err(failure)?;
    let mut insert = clickhouse.client().insert_formatted_with(write).buffered();
    while let Some(text) = texts.try_next().await.map_err(failure)? {
        insert.write_buffered(&text);
        if insert.buf_len() >= insert.nominal_capacity() {
            insert.flush().await?;
        }
    }
    insert.end().await?;
    Ok(())
}
