//! A plain list over a ClickHouse table: the rows of one page and the number of rows that match.

use clickhouse::{RowOwned, RowRead};

use super::{Clause, Page, Sort, bind_all, order_by, where_clause};
use crate::core::db::clickhouse::ClickHouseSession;
use crate::core::error::Error;

/// What to read from a derived table, of the generation that the answer reads.
#[derive(Debug, Clone, Copy)]
pub struct TableQuery<'a> {
    /// Table, text of ours.
    pub table: &'static str,
    /// `WITH` clause of ours that names computed columns of the rows; empty for none.
    pub with: &'a str,
    /// Conditions.
    pub clauses: &'a [Clause],
    /// Order.
    pub sort: Sort,
    /// Page.
    pub page: Page,
}

impl TableQuery<'_> {
    /// The rows of the page and the number of rows that match.
    ///
    /// # Errors
    /// The store fails, or its columns differ from the fields of `R`.
    pub async fn fetch<R>(&self, clickhouse: &ClickHouseSession) -> Result<(Vec<R>, i64), Error>
    where
        R: RowOwned + RowRead,
    {
        let rows: Vec<R> = self.rows(clickhouse).await?;
        let total = match self.known_total(rows.len() as u64) {
            Some(total) => total,
            None => self.count(clickhouse).await?,
        };
        Ok((rows, total.cast_signed()))
    }

    async fn rows<R: RowOwned + RowRead>(
        &self,
        clickhouse: &ClickHouseSession,
    ) -> Result<Vec<R>, Error> {
        let condition = where_clause(self.clauses);
        let text = format!(
            "{} SELECT ?fields FROM {} WHERE {} ORDER BY {} LIMIT ? OFFSET ?",
            self.with,
            clickhouse.derived(self.table),
            condition.text,
            order_by(self.sort)
        );
        let query = bind_all(clickhouse.query(&text), &condition.values);
        clickhouse.rows(query.bind(self.page.size).bind(self.page.offset())).await
    }

    async fn count(&self, clickhouse: &ClickHouseSession) -> Result<u64, Error> {
        let condition = where_clause(self.clauses);
        let table = clickhouse.derived(self.table);
        let text = format!("SELECT count() FROM {table} WHERE {}", condition.text);
        let counts = clickhouse.rows(bind_all(clickhouse.query(&text), &condition.values)).await?;
        counts.into_iter().next().ok_or_else(|| Error::internal("clickhouse", "no count"))
    }

    /// A short page shows where the list ends, unless it lies behind the end.
    fn known_total(&self, read: u64) -> Option<u64> {
        let shows_end = read < self.page.size && (read > 0 || self.page.number == 1);
        shows_end.then(|| self.page.offset() + read)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::Direction;

    #[test]
    fn only_a_short_page_before_the_end_saves_the_count() {
        let total = |number, read| {
            let sort = Sort { column: "id", direction: Direction::Descending };
            let page = Page { number, size: 10 };
            TableQuery { table: "t", with: "", clauses: &[], sort, page }.known_total(read)
        };
        assert_eq!(total(1, 0), Some(0));
        assert_eq!(total(3, 4), Some(24));
        assert_eq!(total(3, 0), None);
        assert_eq!(total(1, 10), None);
    }
}
