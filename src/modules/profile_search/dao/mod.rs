//! Statements of the module.

mod changes;
mod columns;
mod copy;
mod find;
mod partitions;
mod versions;

pub(super) use changes::{announce, oldest, take, taken, waiting};
pub(super) use columns::is_askable;
pub(super) use copy::{Rows, copy};
pub(super) use find::find;
pub(super) use partitions::{
    clean, clickhouse_partitions, clickhouse_time, drop_partition, fold, is_ready, last_rebuild,
    postgres_partitions, record, replace, size, stage_nothing, staged, unfinished,
};
pub(super) use versions::{of_clickhouse, of_postgres, sum_of_postgres, sums_of_clickhouse};

use crate::core::types::Platform;

/// Table of a platform's accounts in PostgreSQL.
fn accounts(platform: Platform) -> &'static str {
    match platform {
        Platform::Instagram => "instagram_account",
        Platform::Youtube => "youtube_account",
    }
}

/// Accounts that searches find; the same as those that exist for callers.
const VISIBLE: &str = "coalesce(account.enabled AND NOT account.deleted, false)";
