//! Queries over the ClickHouse table `trending_content`.

use super::entity::TrendingRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, TableQuery};
use crate::core::session::Session;

/// A page of the rows.
pub(super) async fn posts(
    session: &Session,
    clauses: &[Clause],
    sort: Sort,
    paging: &Paging,
) -> Result<Listed<TrendingRow>, Error> {
    let query = TableQuery { table: "trending_content", with: "", clauses, sort, paging };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
