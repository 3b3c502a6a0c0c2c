//! Queries over the ClickHouse table `trending_content`.

use super::entity::TrendingRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Page, Sort, TableQuery};
use crate::core::session::Session;

/// The rows of a page and the number of rows that match.
pub(super) async fn posts(
    session: &Session,
    clauses: &[Clause],
    sort: Sort,
    page: Page,
) -> Result<(Vec<TrendingRow>, i64), Error> {
    let query = TableQuery { table: "trending_content", with: "", clauses, sort, page };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
