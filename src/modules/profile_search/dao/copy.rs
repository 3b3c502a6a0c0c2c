//! Rows from PostgreSQL to ClickHouse: what one writes as text, the other reads.

use std::time::{Duration, Instant};

use bytes::Bytes;
use tokio::sync::mpsc::{self, Receiver};

use super::super::entity::{Change, ids_of};
use super::{VISIBLE, accounts};
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::copy_out;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::types::Platform;

/// Longest copy, as slow as either store may be.
const LIMIT: Duration = Duration::from_secs(300);
/// Pieces that wait for ClickHouse at most.
const PIECES: usize = 64;

/// Which rows of a platform are copied.
pub(in super::super) enum Rows<'a> {
    /// Those of these changes, also of accounts that searches do not find.
    Changed(&'a [Change]),
    /// All of a run that searches find.
    Run(i64),
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
            Self::Run(run) => {
                let (first, last) = ids_of(*run);
                let condition = format!("account.id BETWEEN {first} AND {last} AND {VISIBLE}");
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
    let (sender, pieces) = mpsc::channel(PIECES);
    let reading = copy_out(stores.primary(), Instant::now() + LIMIT, &read, sender);
    tokio::try_join!(reading, insert(clickhouse, write, pieces)).map(drop)
}

async fn insert(
    clickhouse: &ClickHouse,
    statement: String,
    mut pieces: Receiver<Bytes>,
) -> Result<(), Error> {
    let mut insert = clickhouse.client().insert_formatted_with(statement).buffered();
    while let Some(text) = pieces.recv().await {
        insert.write_buffered(&text);
        if insert.buf_len() >= insert.nominal_capacity() {
            insert.flush().await?;
        }
    }
    Ok(insert.end().await?)
}
