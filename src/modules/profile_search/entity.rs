//! What is asked of the search table, and what it holds.

use chrono::{DateTime, Utc};
use clickhouse::Row;
use serde::{Deserialize, Serialize};

use crate::core::query::{Clause, Direction, Kind, Paging};
use crate::core::types::Platform;

/// Ids of one partition of the search table; `PARTITION BY` in `schema.clickhouse.sql` has the same number.
pub(super) const PARTITION: i64 = 1 << 20;
/// Ids of one run, which are copied and compared at once: about a second of PostgreSQL, and one insert.
pub(super) const RUN: i64 = 1 << 16;

/// A search over the accounts of one platform. Columns are of `account`, as in PostgreSQL.
#[derive(Debug)]
pub struct Question<'a> {
    /// Whose accounts.
    pub platform: Platform,
    /// Conditions on them; each one that [`super::ProfileSearch::knows`].
    pub clauses: &'a [Clause],
    /// Only these accounts.
    pub among: Option<Vec<i64>>,
    /// None of these accounts.
    pub without: Vec<i64>,
    /// Order, ties by id.
    pub keys: Vec<SortedBy>,
    /// Direction of all keys; accounts without a value come last in both.
    pub direction: Direction,
    /// Page.
    pub paging: &'a Paging,
    /// Matches that are counted at most; `None` = they are not counted.
    pub counts_to: Option<u64>,
}

/// One key of an order: a column of numbers, or of grades, which are numbers in the search table.
#[derive(Debug, Clone, Copy)]
pub struct SortedBy {
    /// Column.
    pub column: &'static str,
    /// Type of its values.
    pub kind: Kind,
}

/// The page of a search.
#[derive(Debug, Default)]
pub struct Answer {
    /// Accounts in their order.
    pub ids: Vec<i64>,
    /// Matches over all pages where they were counted; more than the limit means at least that many.
    pub total: Option<u64>,
    /// Cursor of the next page.
    pub next: Option<String>,
}

/// An account at its place.
#[derive(Debug, Row, Deserialize)]
pub(super) struct Placed {
    pub id: i64,
    /// Sort values as texts, where the page begins behind a row.
    pub keys: Vec<Option<String>>,
    /// Matches, where they are counted.
    pub total: u64,
}

/// A change that the search table has yet to follow.
#[derive(Debug, Clone, Copy)]
pub(super) struct Change {
    pub platform: Platform,
    pub account_id: i64,
    pub change: i64,
}

/// How the search table stands.
#[derive(Debug, Clone, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Standing {
    /// Whether searches use it.
    pub is_ready: bool,
    /// Accounts that were written in bulk.
    pub rows: u64,
    /// Accounts that changed since.
    pub delta: u64,
    /// Accounts whose change is not there yet, counted up to 10,001.
    pub waiting: i64,
    /// When the oldest of them changed.
    pub waiting_since: Option<DateTime<Utc>>,
    /// When it was last built from nothing.
    pub rebuilt_at: Option<DateTime<Utc>>,
}

/// A partition: all accounts of a platform whose ids divided by [`PARTITION`] give `number`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(super) struct Partition {
    pub platform: Platform,
    pub number: i64,
}

impl Partition {
    /// Numbers of its runs.
    pub fn runs(self) -> impl Iterator<Item = i64> {
        let runs = PARTITION / RUN;
        (0..runs).map(move |run| self.number * runs + run)
    }
}

/// First and last id of a run.
pub(super) fn ids_of(run: i64) -> (i64, i64) {
    (run * RUN, run * RUN + (RUN - 1))
}

/// A version of an account's row on one side.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Row, Deserialize)]
pub(super) struct Version {
    pub id: i64,
    /// xmin of the row in PostgreSQL.
    pub version: u32,
}

/// What the accounts of a run add up to on one side; the same on both unless a change got lost.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Row, Deserialize)]
pub(super) struct Sum {
    pub run: i64,
    pub accounts: u64,
    /// Sum of the versions.
    pub versions: u64,
}
