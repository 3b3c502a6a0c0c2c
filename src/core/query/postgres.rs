//! Typed conditions as bound PostgreSQL.
//!
//! Prepared statements are cached by their text, with the types of the values they were prepared
//! for. A field that takes integers and decimals therefore says in the text which of them it got.

use std::slice;

use sea_orm::sea_query::{
    Alias, ArrayType, Expr, IntoColumnRef, NullOrdering, Order, SimpleExpr, Value as SqlValue,
};
use sea_orm::{Condition, ExprTrait as _};

use super::document::{self, at_path};
use super::merge::merge;
use super::{Clause, Comparison, Direction, Kind, Operand, Place, Sort, Test, Value};

/// All clauses, ANDed; one list per field at most.
pub fn condition(clauses: &[Clause]) -> Condition {
    merge(clauses).iter().fold(Condition::all(), |all, Clause(alternatives)| {
        let any = alternatives
            .iter()
            .fold(Condition::any(), |any, (operand, test)| any.add(predicate(operand, test)));
        all.add(any)
    })
}

/// Order expression of a sort, truth values as 0 and 1; rows without a value come last in both directions.
pub fn order(sort: Sort) -> (SimpleExpr, Order, NullOrdering) {
    let direction = match sort.direction {
        Direction::Ascending => Order::Asc,
        Direction::Descending => Order::Desc,
    };
    let key = match sort.kind {
        Kind::Bool => column(sort.column).cast_as("int4"),
        _ => column(sort.column),
    };
    (key, direction, NullOrdering::Last)
}

/// Conditions that together hold for the rows behind a place in an order by these expressions, all in one
/// direction, rows without a value last, then by `id`: first those that have a value of the first one, all of
/// which an index has in a row, then those that have none.
pub fn behind(
    keys: &[SimpleExpr],
    direction: Direction,
    id: SimpleExpr,
    place: &Place,
) -> Vec<SimpleExpr> {
    let strictly = match direction {
        Direction::Ascending => Comparison::Greater,
        Direction::Descending => Comparison::Less,
    };
    let mut same = compare(&id, Comparison::Greater, &place.id);
    let mut both = keys.iter().zip(&place.keys).rev().peekable();
    while let Some((key, value)) = both.next() {
        let none = key.clone().is_null();
        let Some(value) = value else {
            same = none.and(same);
            continue;
        };
        let beyond = compare(key, strictly, value);
        let behind = beyond.clone().or(compare(key, Comparison::Equal, value).and(same));
        if both.peek().is_some() {
            same = none.or(behind);
            continue;
        }
        let from = match direction {
            Direction::Ascending => Comparison::AtLeast,
            Direction::Descending => Comparison::AtMost,
        };
        return vec![compare(key, from, value).and(behind), none];
    }
    vec![same]
}

fn compare(key: &SimpleExpr, comparison: Comparison, value: &Value) -> SimpleExpr {
    let template = format!("$1 {} {}", comparison.sql(), placeholder(value));
    Expr::cust_with_exprs(template, [key.clone(), Expr::value(sql_value(value))])
}

/// A column of ours, optionally qualified.
pub fn column(name: &'static str) -> SimpleExpr {
    match name.split_once('.') {
        Some((table, column)) => {
            Expr::col((Alias::new(table), Alias::new(column)).into_column_ref())
        }
        None => Expr::col(Alias::new(name)),
    }
}

fn predicate(operand: &Operand, test: &Test) -> SimpleExpr {
    match test {
        Test::Compare(Comparison::Equal, value) => {
            document::is_one_of(operand, slice::from_ref(value))
                .unwrap_or_else(|| compare(&scalar(operand, value), Comparison::Equal, value))
        }
        Test::Compare(comparison, value) => compare(&scalar(operand, value), *comparison, value),
        Test::Contains(text) => {
            let (left, contains) = match operand.kind.folded() {
                Some(folded) => (column(folded), "$1 LIKE $2"),
                None => (scalar(operand, &Value::Text(String::new())), "$1 ILIKE $2"),
            };
            Expr::cust_with_exprs(contains, [left, Expr::value(like_pattern(text))])
        }
        Test::In(values) if values.is_empty() => Expr::cust("FALSE"),
        Test::In(values) => document::is_one_of(operand, values)
            .unwrap_or_else(|| membership(operand, values, "= ANY")),
        Test::NotIn(values) => membership(operand, values, "<> ALL"),
        Test::Is(value) => truth(operand, *value),
        Test::Overlaps(elements) => overlap(operand, elements),
        Test::Disjoint(elements) => disjoint(operand, elements),
    }
}

/// The number that a text is.
const NUMBER: &str = "CASE WHEN $1 ~ '^-?[0-9]{1,100}([.][0-9]{1,100})?$' THEN ($1)::numeric END";

/// The operand as a value comparable with `like`.
fn scalar(operand: &Operand, like: &Value) -> SimpleExpr {
    let numeric = matches!(like, Value::Integer(_) | Value::Float(_));
    if let (Kind::Shown(_), true) = (operand.kind, numeric) {
        return Expr::cust_with_exprs(NUMBER, [column(operand.column)]);
    }
    if !operand.kind.has_path() {
        return column(operand.column);
    }
    if let ([key], false) = (operand.path.as_slice(), numeric) {
        return document::shown(operand, key);
    }
    // A value of another type at the path must not fail the statement: it simply does not match.
    let template = match (numeric, operand.kind) {
        (false, _) => "$1 #>> $2",
        (true, Kind::JsonText) => {
            "CASE WHEN $1 #>> $2 ~ '^-?[0-9]{1,100}([.][0-9]{1,100})?$' \
             THEN ($1 #>> $2)::numeric END"
        }
        (true, _) => "CASE WHEN jsonb_typeof($1 #> $2) = 'number' THEN ($1 #> $2)::numeric END",
    };
    at_path(operand, template)
}

fn membership(operand: &Operand, values: &[Value], comparison: &str) -> SimpleExpr {
    let left = match values.first() {
        Some(first) => scalar(operand, first),
        None => column(operand.column),
    };
    let array = sql_array(values);
    let template = match &array {
        SqlValue::Array(ArrayType::BigInt, _) => format!("$1 {comparison}(CAST($2 AS int8[]))"),
        SqlValue::Array(ArrayType::Double, _) => format!("$1 {comparison}(CAST($2 AS float8[]))"),
        _ => format!("$1 {comparison}($2)"),
    };
    Expr::cust_with_exprs(template, [left, Expr::value(array)])
}

/// Second placeholder of a template, with the type where the field's alone does not tell it.
fn placeholder(value: &Value) -> &'static str {
    match value {
        Value::Integer(_) => "CAST($2 AS int8)",
        Value::Float(_) => "CAST($2 AS float8)",
        Value::Text(_) | Value::Date(_) | Value::Timestamp(_) => "$2",
    }
}

fn truth(operand: &Operand, value: bool) -> SimpleExpr {
    match operand.kind {
        Kind::JsonBool => document::is_truth(operand, value),
        _ => Expr::cust_with_exprs("$1 = $2", [column(operand.column), Expr::value(value)]),
    }
}

fn overlap(operand: &Operand, elements: &[String]) -> SimpleExpr {
    match operand.kind {
        Kind::JsonArray => document::overlaps(operand, elements),
        _ => Expr::cust_with_exprs(
            "$1 && $2",
            [column(operand.column), Expr::value(texts(elements))],
        ),
    }
}

fn disjoint(operand: &Operand, elements: &[String]) -> SimpleExpr {
    match operand.kind {
        Kind::JsonArray => document::disjoint(operand, elements),
        _ => Expr::cust_with_exprs("NOT ($1)", [overlap(operand, elements)]),
    }
}

/// Pattern that contains the text literally.
pub fn like_pattern(text: &str) -> String {
    let mut pattern = String::with_capacity(text.len() + 2);
    pattern.push('%');
    for character in text.chars() {
        if matches!(character, '%' | '_' | '\\') {
            pattern.push('\\');
        }
        pattern.push(character);
    }
    pattern.push('%');
    pattern
}

fn sql_value(value: &Value) -> SqlValue {
    match value {
        Value::Integer(value) => (*value).into(),
        Value::Float(value) => (*value).into(),
        Value::Text(value) => value.clone().into(),
        Value::Date(value) => (*value).into(),
        Value::Timestamp(value) => (*value).into(),
    }
}

/// Values of one list share a type; numbers become decimals as soon as one of them is.
fn sql_array(values: &[Value]) -> SqlValue {
    let as_float = |value: &Value| match value {
        Value::Integer(value) => Some(*value as f64),
        Value::Float(value) => Some(*value),
        _ => None,
    };
    let all_integers = values.iter().all(|value| matches!(value, Value::Integer(_)));
    let (kind, items) = match values.first() {
        Some(Value::Integer(_) | Value::Float(_)) if !all_integers => {
            (ArrayType::Double, values.iter().filter_map(as_float).map(SqlValue::from).collect())
        }
        Some(Value::Integer(_)) => (ArrayType::BigInt, collect(values)),
        Some(Value::Date(_)) => (ArrayType::ChronoDate, collect(values)),
        Some(Value::Timestamp(_)) => (ArrayType::ChronoDateTimeUtc, collect(values)),
        _ => (ArrayType::String, collect(values)),
    };
    SqlValue::Array(kind, Some(Box::new(items)))
}

fn collect(values: &[Value]) -> Vec<SqlValue> {
    values.iter().map(sql_value).collect()
}

pub(super) fn texts(elements: &[String]) -> SqlValue {
    let items = elements.iter().cloned().map(SqlValue::from).collect();
    SqlValue::Array(ArrayType::String, Some(Box::new(items)))
}

#[cfg(test)]
mod tests {
    use sea_orm::sea_query::{PostgresQueryBuilder, Query};

    use super::*;
    use crate::core::query::Comparison;

    fn sql(test: Test) -> String {
        let operand = Operand { column: "followers", kind: Kind::Integer, path: Vec::new() };
        let clauses = [Clause(vec![(operand, test)])];
        let statement = Query::select().cond_where(condition(&clauses)).take();
        statement.build(PostgresQueryBuilder).0
    }

    #[test]
    fn integers_and_decimals_make_different_statements() {
        let compare = |value| sql(Test::Compare(Comparison::AtLeast, value));
        let integer = compare(Value::Integer(9));
        assert!(integer.ends_with(r#""followers" >= CAST($1 AS int8)"#), "{integer}");
        assert_ne!(integer, compare(Value::Float(9.5)));
        let one_of = |values| sql(Test::In(values));
        let integers = one_of(vec![Value::Integer(9)]);
        assert!(integers.ends_with(r#""followers" = ANY(CAST($1 AS int8[]))"#), "{integers}");
        assert_ne!(integers, one_of(vec![Value::Integer(9), Value::Float(9.5)]));
    }

    #[test]
    fn like_patterns_are_literal() {
        assert_eq!(like_pattern(r"50%_\"), r"%50\%\_\\%");
    }
}
