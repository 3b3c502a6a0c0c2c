//! A page of the rows of a PostgreSQL table.

use std::slice;

use sea_orm::sea_query::Condition;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, IdenStatic as _, Iterable as _,
    ModelTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    Select, Value as SqlValue,
};

use super::{Listed, Paging, Place, Sort, Value, behind, order};
use crate::core::error::Error;

/// A page of the rows of a statement, those of one place in the order by `id`, and how many there are.
///
/// # Errors
/// A store error.
pub async fn read_page<E: EntityTrait<Model: Send + Sync>>(
    db: &impl ConnectionTrait,
    query: Select<E>,
    (sort, paging): (Sort, &Paging),
    id: E::Column,
) -> Result<Listed<E::Model>, Error> {
    let (column, direction, nulls) = order(sort);
    let mut read = query.clone();
    if let Some(place) = paging.after() {
        let after = behind(slice::from_ref(&column), sort.direction, id.into_expr(), place);
        read = read.filter(after.into_iter().fold(Condition::any(), Condition::add));
    }
    let read = read.order_by_with_nulls(column, direction, nulls).order_by_asc(id);
    let mut rows = read.offset(paging.offset()).limit(paging.limit()).all(db).await?;
    let total = match paging.known_total(rows.len()) {
        Some(total) => total,
        None => i64::try_from(query.count(db).await?).unwrap_or(i64::MAX),
    };
    let next = paging.next(&mut rows, Some(total), |row| place::<E>(row, sort.column, id))?;
    Ok(Listed { rows, total, next })
}

fn place<E: EntityTrait>(row: &E::Model, by: &str, id: E::Column) -> Result<Place, Error> {
    let missing = || Error::internal("cursor", format!("no place by {by}"));
    let column = E::Column::iter().find(|column| column.as_str() == by).ok_or_else(missing)?;
    let key = match row.get(column) {
        SqlValue::BigInt(value) => value.map(Value::Integer),
        SqlValue::Int(value) => value.map(i64::from).map(Value::Integer),
        SqlValue::Bool(value) => value.map(i64::from).map(Value::Integer),
        SqlValue::Double(value) => value.map(Value::Float),
        SqlValue::String(value) => value.map(Value::Text),
        SqlValue::ChronoDate(value) => value.map(Value::Date),
        SqlValue::ChronoDateTimeUtc(value) => value.map(Value::Timestamp),
        _ => return Err(missing()),
    };
    match row.get(id) {
        SqlValue::BigInt(Some(id)) => Ok(Place { keys: vec![key], id: Value::Integer(id) }),
        SqlValue::String(Some(id)) => Ok(Place { keys: vec![key], id: Value::Text(id) }),
        _ => Err(missing()),
    }
}
