//! Queries over the ClickHouse table `trending_content`.

use super::entity::TrendingRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, TableQuery};
use crate::core::unit_of_work::UnitOfWork;

/// A page of the rows.
pub(super) async fn posts(
    unit: &UnitOfWork,
    clauses: &[Clause],
    sort: Sort,
    paging: &Paging,
) -> Result<Listed<TrendingRow>, Error> {
    let query = TableQuery { table: "trending_content", with: "", clauses, sort, paging };
    let clickhouse = unit.clickhouse().await?;
    query.fetch(&clickhouse).await
}
