//! Rules: what the search table can be asked, and when its delta is folded in.

mod columns;

pub(super) use columns::{is_askable, missing_bits, rewritten, sorted};

/// Ids of one partition of the search table; `PARTITION BY` in `schema.clickhouse.sql` has the same number.
pub(super) const PARTITION: i64 = 1 << 20;
/// Ids that are copied at once: some seconds of one statement of PostgreSQL, and one insert.
pub(super) const CHUNK: i64 = 1 << 16;

/// Changed accounts from which on the delta is folded in: each search looks all of them up.
pub(super) const FOLDED_FROM: u64 = 200_000;
