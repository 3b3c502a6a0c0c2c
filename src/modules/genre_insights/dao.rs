//! Queries over the ClickHouse table `genre_overview`.

use super::entity::GenreRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Listed, Paging, Sort, TableQuery};
use crate::core::session::Session;

/// A page of the rows.
pub(super) async fn genres(
    session: &Session,
    clauses: &[Clause],
    sort: Sort,
    paging: &Paging,
) -> Result<Listed<GenreRow>, Error> {
    let query = TableQuery { table: "genre_overview", with: "", clauses, sort, paging };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
