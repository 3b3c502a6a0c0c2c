//! Queries over the ClickHouse table `leaderboard`.

use super::entity::LeaderboardRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, TableQuery};
use crate::core::session::Session;

/// A page of the rows; `key` is that of metric and scope in the rank maps.
pub(super) async fn ranked_rows(
    session: &Session,
    key: &str,
    (clauses, sort, paging): (&[Clause], Sort, &Paging),
) -> Result<Listed<LeaderboardRow>, Error> {
    let with = format!(
        "WITH current_month_ranks['{key}'] AS current_rank, last_month_ranks['{key}'] AS last_rank"
    );
    let query = TableQuery { table: "leaderboard", with: &with, clauses, sort, paging };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
