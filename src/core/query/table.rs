//! A plain list over a ClickHouse table: the rows of one page and the number of rows that match.

use clickhouse::{RowOwned, RowRead};
use serde::Serialize;

use super::clickhouse::{behind, keyset_order};
use super::cursor::json_key;
use super::{Clause, Listed, Paging, Place, Sort, Value, bind_all, order_by, where_clause};
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
    pub paging: &'a Paging,
}

impl TableQuery<'_> {
    /// The page. A row has its sort column as a member of the same name.
    ///
    /// # Errors
    /// The store fails, or its columns differ from the fields of `R`.
    pub async fn fetch<R>(&self, clickhouse: &ClickHouseSession) -> Result<Listed<R>, Error>
    where
        R: RowOwned + RowRead + Serialize,
    {
        let mut rows: Vec<R> = self.rows(clickhouse).await?;
        let total = match self.paging.known_total(rows.len()) {
            Some(total) => total,
            None => self.count(clickhouse).await?.cast_signed(),
        };
        let next = self.paging.next(&mut rows, Some(total), |row| self.place(row))?;
        Ok(Listed { rows, total, next })
    }

    fn place<R: Serialize>(&self, row: &R) -> Result<Place, Error> {
        let row = serde_json::to_value(row).map_err(|error| Error::internal("cursor", error))?;
        let missing =
            || Error::internal("cursor", format!("{} has no {}", self.table, self.sort.column));
        let key = match row.get(self.sort.column).ok_or_else(missing)? {
            serde_json::Value::Null => None,
            value => Some(json_key(self.sort.kind, value).ok_or_else(missing)?),
        };
        let id = row["id"].as_i64().ok_or_else(missing)?;
        Ok(Place { keys: vec![key], id: Value::Integer(id) })
    }

    async fn rows<R: RowOwned + RowRead>(
        &self,
        clickhouse: &ClickHouseSession,
    ) -> Result<Vec<R>, Error> {
        let mut condition = where_clause("enabled", self.clauses);
        if let Some(place) = self.paging.after() {
            behind(&mut condition, self.sort, place);
        }
        let order = if self.paging.is_keyset() { keyset_order } else { order_by };
        let text = format!(
            "{} SELECT ?fields FROM {} WHERE {} ORDER BY {} LIMIT ? OFFSET ?",
            self.with,
            clickhouse.derived(self.table),
            condition.text,
            order(self.sort)
        );
        let query = bind_all(clickhouse.query(&text), &condition.values);
        clickhouse.rows(query.bind(self.paging.limit()).bind(self.paging.offset())).await
    }

    async fn count(&self, clickhouse: &ClickHouseSession) -> Result<u64, Error> {
        let condition = where_clause("enabled", self.clauses);
        let table = clickhouse.derived(self.table);
        let text = format!("SELECT count() FROM {table} WHERE {}", condition.text);
        let counts = clickhouse.rows(bind_all(clickhouse.query(&text), &condition.values)).await?;
        counts.into_iter().next().ok_or_else(|| Error::internal("clickhouse", "no count"))
    }
}
