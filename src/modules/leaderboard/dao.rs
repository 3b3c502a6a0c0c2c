//! Queries over the ClickHouse table `leaderboard`.

use super::entity::LeaderboardRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, TableQuery};
use crate::core::unit_of_work::UnitOfWork;

/// A page of the rows; `key` is that of metric and scope in the rank maps.
pub(super) async fn ranked_rows(
    unit: &UnitOfWork,
    key: &str,
    (clauses, sort, paging): (&[Clause], Sort, &Paging),
) -> Result<Listed<LeaderboardRow>, Error> {
    let with = format!(
        "WITH current_month_ranks['{key}'] AS current_rank, last_month_ranks['{key}'] AS last_rank"
    );
    let query = TableQuery { table: "leaderboard", with: &with, clauses, sort, paging };
    let clickhouse = unit.clickhouse().await?;
    query.fetch(&clickhouse).await
}
