//! The list protocol: query parameters and filters of a request, compiled from the allow-list of a
//! module into bound SQL. No text of a client ever becomes part of a statement.

mod clickhouse;
mod compile;
mod cursor;
mod demographics;
mod document;
mod field;
mod filter;
mod keyset;
mod list;
mod merge;
mod number;
mod page;
mod postgres;
#[cfg(test)]
mod properties;
mod rows;
mod sort;
mod table;
mod walk;

pub use self::clickhouse::{Bound, ClickHouseSql, bind_all, order_by, where_clause};
pub use compile::{Clause, Comparison, Operand, Test, Value, compile};
pub use cursor::{Place, RowKey, read_key};
pub use demographics::expand_demographics;
pub use field::{Field, Kind, find_field};
pub use filter::{Filter, FilterType, Filters};
pub use keyset::{KeysetIn, Paging};
pub use list::{ListIn, ListParams, QueryPairs, SearchIn};
pub use number::parse_bool;
pub use page::{Listed, Page};
pub use postgres::{behind, column, condition, like_pattern, order};
pub use rows::{read_page, read_page_of};
pub use sort::{Direction, Sort};
pub use table::TableQuery;
pub use walk::walk;
