//! Queries over the ClickHouse table `genre_overview`.

use super::entity::GenreRow;
use crate::core::error::Error;
use crate::core::query::{Clause, Page, Sort, TableQuery};
use crate::core::session::Session;

/// The rows of a page and the number of rows that match.
pub(super) async fn genres(
    session: &Session,
    clauses: &[Clause],
    sort: Sort,
    page: Page,
) -> Result<(Vec<GenreRow>, i64), Error> {
    let query = TableQuery { table: "genre_overview", with: "", clauses, sort, page };
    let clickhouse = session.clickhouse().await?;
    query.fetch(&clickhouse).await
}
