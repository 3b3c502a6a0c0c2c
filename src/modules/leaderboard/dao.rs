//! Queries over the ClickHouse table `leaderboard`.

use super::entity::LeaderboardRow;
use super::manager::Ranking;
use crate::core::error::Error;
use crate::core::query::TableQuery;
use crate::core::session::Session;

/// The rows of a ranking's page and the number of rows that match.
pub(super) async fn ranked_rows(
    session: &Session,
    ranking: &Ranking,
) -> Result<(Vec<LeaderboardRow>, i64), Error> {
    let key = ranking.rank_key();
    let with = format!(
        "WITH current_month_ranks['{key}'] AS current_rank, last_month_ranks['{key}'] AS last_rank"
    );
    let query = TableQuery {
        table: "leaderboard",
        with: &with,
        clauses: &ranking.clauses,
        sort: ranking.sort,
        page: ranking.page,
    };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
