//! Queries over the ClickHouse table `genre_overview`.

use super::entity::GenreRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, TableQuery};
use crate::core::unit_of_work::UnitOfWork;

/// A page of the rows.
pub(super) async fn genres(
    unit: &UnitOfWork,
    clauses: &[Clause],
    sort: Sort,
    paging: &Paging,
) -> Result<Listed<GenreRow>, Error> {
    let query = TableQuery { table: "genre_overview", with: "", clauses, sort, paging };
    let clickhouse = unit.clickhouse().await?;
    query.fetch(&clickhouse).await
}
