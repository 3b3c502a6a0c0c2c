//! Typed conditions as ClickHouse text with bound values.
//!
//! JSON kinds are maps there; a missing key matches nothing.

use chrono::{DateTime, Utc};
use clickhouse::query::Query;

use super::cursor::TEXT_KEY;
use super::merge::merge;
use super::{Clause, Comparison, Direction, Kind, Operand, Place, Sort, Test, Value};

/// Longest list whose elements are compared one after the other with each row; a longer one is a set.
const MOST_COMPARED: usize = 16;

/// A piece of SQL with the values of its `?` placeholders, in order.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct ClickHouseSql {
    /// Text of ours.
    pub text: String,
    /// Values of the client.
    pub values: Vec<Bound>,
}

/// A value of the client on its way into a placeholder.
#[derive(Debug, Clone, PartialEq)]
pub enum Bound {
    /// One value.
    One(Value),
    /// A list.
    Many(Vec<Value>),
}

impl ClickHouseSql {
    /// Appends a piece with its value.
    pub fn push(&mut self, text: &str, value: Option<Bound>) {
        self.text.push_str(text);
        self.values.extend(value);
    }

    /// Appends another one.
    pub fn append(&mut self, other: Self) {
        self.text.push_str(&other.text);
        self.values.extend(other.values);
    }
}

/// `WHERE` condition of all clauses, ANDed after one of ours; one list per field at most.
pub fn where_clause(first: &str, clauses: &[Clause]) -> ClickHouseSql {
    let mut sql = ClickHouseSql { text: first.to_owned(), values: Vec::new() };
    for Clause(alternatives) in merge(clauses) {
        sql.text.push_str(" AND (");
        for (index, (operand, test)) in alternatives.into_iter().enumerate() {
            sql.text.push_str(if index == 0 { "" } else { " OR " });
            predicate(&mut sql, &operand, &test);
        }
        sql.text.push(')');
    }
    sql
}

/// `ORDER BY` list: the sort, rows without a value last, then the id.
pub fn order_by(sort: Sort) -> String {
    format!("{} {} NULLS LAST, id ASC", sort.column, direction(sort.direction))
}

fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Ascending => "ASC",
        Direction::Descending => "DESC",
    }
}

/// What an order by keyset goes by: only numbers that a cursor can have, and the beginning of texts.
fn keyset_column(sort: Sort) -> String {
    let column = sort.column;
    match sort.kind {
        Kind::Float => format!("if(isFinite({column}), {column}, NULL)"),
        Kind::Text | Kind::Name(_) => format!("substringUTF8({column}, 1, {TEXT_KEY})"),
        _ => column.to_owned(),
    }
}

/// `ORDER BY` list in which every row has one place.
pub fn keyset_order(sort: Sort) -> String {
    let column = keyset_column(sort);
    let direction = direction(sort.direction);
    format!("{column} {direction} NULLS LAST, id ASC")
}

/// ` AND …` that holds for the rows behind a place in [`keyset_order`].
pub fn behind(sql: &mut ClickHouseSql, sort: Sort, place: &Place) {
    let column = keyset_column(sort);
    let id = Some(Bound::One(place.id.clone()));
    let Some(value) = place.keys.first().cloned().flatten() else {
        return sql.push(&format!(" AND isNull({column}) AND id > ?"), id);
    };
    let comparison = match sort.direction {
        Direction::Ascending => Comparison::Greater,
        Direction::Descending => Comparison::Less,
    };
    let placeholder = placeholder(&value);
    let value = Some(Bound::One(value));
    let first = format!(" AND (isNull({column}) OR {column} {} {placeholder}", comparison.sql());
    sql.push(&first, value.clone());
    sql.push(&format!(" OR ({column} = {placeholder}"), value);
    sql.push(" AND id > ?))", id);
}

/// Binds the values of a piece of SQL, in order.
pub fn bind_all(query: Query, values: &[Bound]) -> Query {
    values.iter().fold(query, |query, bound| match bound {
        Bound::One(Value::Integer(value)) => query.bind(value),
        Bound::One(Value::Float(value)) => query.bind(value),
        Bound::One(Value::Text(value)) => query.bind(value),
        Bound::One(value @ (Value::Date(_) | Value::Timestamp(_))) => query.bind(list_text(value)),
        Bound::Many(values) => query.bind(values.iter().map(list_text).collect::<Vec<_>>()),
    })
}

/// Every stored instant lies within these years, in Unix microseconds: 1900 to 2299. An instant
/// outside of them compares like the nearest of them, and the store reads no year outside of them.
const INSTANTS: (i64, i64) = (-2_208_988_800_000_000, 10_413_791_999_999_999);

fn instant_text(value: DateTime<Utc>) -> String {
    let micros = value.timestamp_micros().clamp(INSTANTS.0, INSTANTS.1);
    let value = DateTime::from_timestamp_micros(micros).unwrap_or(value);
    value.format("%Y-%m-%d %H:%M:%S%.6f").to_string()
}

fn list_text(value: &Value) -> String {
    match value {
        Value::Integer(value) => value.to_string(),
        Value::Float(value) => value.to_string(),
        Value::Text(value) => value.clone(),
        Value::Date(value) => value.to_string(),
        Value::Timestamp(value) => instant_text(*value),
    }
}

fn predicate(sql: &mut ClickHouseSql, operand: &Operand, test: &Test) {
    let one = |value: Value| Some(Bound::One(value));
    let many = |elements: &[String]| {
        Some(Bound::Many(elements.iter().cloned().map(Value::Text).collect()))
    };
    present(sql, operand);
    match test {
        Test::In(values) if values.is_empty() => sql.text.push_str("false"),
        Test::Compare(comparison, value) => {
            left(sql, operand);
            sql.push(&format!(" {} {}", comparison.sql(), placeholder(value)), one(value.clone()));
        }
        Test::Contains(text) => {
            match operand.kind {
                Kind::Name(folded) => sql.text.push_str(&format!("position({folded}")),
                _ => {
                    sql.text.push_str("positionCaseInsensitiveUTF8(");
                    left(sql, operand);
                }
            }
            sql.push(", ?) > 0", one(Value::Text(text.clone())));
        }
        Test::In(values) | Test::NotIn(values) => {
            sql.text.push_str("isNotNull(");
            left(sql, operand);
            sql.text.push_str(if matches!(test, Test::In(_)) { ") AND " } else { ") AND NOT " });
            let element = element_type(values);
            let list = Some(Bound::Many(values.clone()));
            // Elements travel as texts: one list may mix integers and decimals.
            if values.len() <= MOST_COMPARED {
                sql.push(&format!("has(CAST(? AS Array({element})), assumeNotNull("), list);
                left(sql, operand);
                sql.text.push_str("))");
            } else {
                left(sql, operand);
                let set = format!(" IN (SELECT arrayJoin(CAST(? AS Array({element}))))");
                sql.push(&set, list);
            }
        }
        Test::Is(value) => {
            left(sql, operand);
            sql.text.push_str(if *value { " = true" } else { " = false" });
        }
        Test::Overlaps(elements) | Test::Disjoint(elements) => {
            if matches!(test, Test::Disjoint(_)) {
                sql.text.push_str("NOT ");
            }
            if elements.len() <= MOST_COMPARED {
                sql.text.push_str("hasAny(");
                left(sql, operand);
                sql.push(", ?)", many(elements));
            } else {
                sql.push("arrayExists(element -> element IN ?, ", many(elements));
                left(sql, operand);
                sql.text.push(')');
            }
        }
    }
}

/// `mapContains(column, ?) AND `, so that a missing key is not read as 0.
fn present(sql: &mut ClickHouseSql, operand: &Operand) {
    let mut column = ClickHouseSql { text: operand.column.to_owned(), values: Vec::new() };
    for key in &operand.path {
        let key = Bound::One(Value::Text(key.clone()));
        sql.text.push_str(&format!("mapContains({}, ?) AND ", column.text));
        sql.values.extend(column.values.iter().cloned());
        sql.values.push(key.clone());
        column.push("[?]", Some(key));
    }
}

fn left(sql: &mut ClickHouseSql, operand: &Operand) {
    sql.text.push_str(operand.column);
    for key in &operand.path {
        sql.push("[?]", Some(Bound::One(Value::Text(key.clone()))));
    }
}

fn placeholder(value: &Value) -> &'static str {
    match value {
        // The wide types, since the narrow ones bend years before 1970 and after 2106 into theirs.
        Value::Date(_) => "toDate32(?)",
        Value::Timestamp(_) => "toDateTime64(?, 6, 'UTC')",
        _ => "?",
    }
}

/// Type of the elements of a list; numbers become decimals as soon as one of them is.
fn element_type(values: &[Value]) -> &'static str {
    match values.first() {
        Some(Value::Integer(_) | Value::Float(_)) => {
            let all_integers = values.iter().all(|value| matches!(value, Value::Integer(_)));
            if all_integers { "Int64" } else { "Float64" }
        }
        Some(Value::Date(_)) => "Date32",
        Some(Value::Timestamp(_)) => "DateTime64(6, 'UTC')",
        Some(Value::Text(_)) | None => "String",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::query::{Field, Filter, Filters, Kind, compile};

    #[test]
    fn values_and_keys_are_placeholders() {
        let fields = [
            Field::new("category", Kind::Text),
            Field::filter_only("audience_age", Kind::JsonNumber),
        ];
        let filters = Filters(vec![
            Filter::new("EQ", "category", "Food' OR 1=1"),
            Filter::new("GTE", "audience_age.65+", "10"),
        ]);
        let sql =
            where_clause("enabled", &compile(&filters, &fields, chrono_tz::UTC).expect("accepted"));
        assert_eq!(
            sql.text,
            "enabled AND (category = ?) AND (mapContains(audience_age, ?) AND audience_age[?] >= ?)"
        );
        assert_eq!(sql.values.len(), 4);
    }
}
