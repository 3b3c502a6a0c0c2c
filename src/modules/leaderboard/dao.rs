//! Queries over the ClickHouse table `leaderboard`.

use super::entity::LeaderboardRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Page, Sort, TableQuery};
use crate::core::session::Session;

/// The rows of a page and the number of rows that match; `key` is that of metric and scope in the rank
/// maps.
pub(super) async fn ranked_rows(
    session: &Session,
    key: &str,
    (clauses, sort, page): (&[Clause], Sort, Page),
) -> Result<(Vec<LeaderboardRow>, i64), Error> {
    let with = format!(
        "WITH current_month_ranks['{key}'] AS current_rank, last_month_ranks['{key}'] AS last_rank"
    );
    let query = TableQuery { table: "leaderboard", with: &with, clauses, sort, page };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
