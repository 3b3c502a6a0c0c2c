//! A page of the rows of a PostgreSQL table.

use std::slice;

use sea_orm::sea_query::Condition;
use sea_orm::{
    ColumnTrait as _, ConnectionTrait, EntityTrait, IdenStatic as _, Iterable as _,
    ModelTrait as _, PaginatorTrait as _, QueryFilter as _, QueryOrder as _, QuerySelect as _,
    QueryTrait as _, Select, Value as SqlValue,
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
    let rows = of_page(query.clone(), (sort, paging), id).all(db).await?;
    counted::<E, E>(db, query, rows, (sort, paging), id).await
}

/// The same of rows that are found in a narrower table, which has a row with the same id for each, and the
/// columns of the order. Of the wide one only the page is read.
///
/// # Errors
/// A store error.
pub async fn read_page_of<E, N>(
    db: &impl ConnectionTrait,
    found: Select<N>,
    (sort, paging): (Sort, &Paging),
    (id, narrow): (E::Column, N::Column),
) -> Result<Listed<E::Model>, Error>
where
    E: EntityTrait<Model: Send + Sync>,
    N: EntityTrait<Model: Send + Sync>,
{
    let ids = of_page(found.clone(), (sort, paging), narrow).select_only().column(narrow);
    let page = E::find().filter(id.in_subquery(ids.into_query()));
    let rows = in_order(page, sort, id).all(db).await?;
    counted::<E, N>(db, found, rows, (sort, paging), id).await
}

/// The rows of the page, in their order.
fn of_page<E: EntityTrait>(
    mut query: Select<E>,
    (sort, paging): (Sort, &Paging),
    id: E::Column,
) -> Select<E> {
    if let Some(place) = paging.after() {
        let (column, ..) = order(sort);
        let after = behind(slice::from_ref(&column), sort.direction, id.into_expr(), place);
        // All rows have a value of a column that is never null: the index goes on where they begin.
        let stretches = if is_nullable::<E>(sort.column) { after.len() } else { 1 };
        query =
            query.filter(after.into_iter().take(stretches).fold(Condition::any(), Condition::add));
    }
    in_order(query, sort, id).offset(paging.offset()).limit(paging.limit())
}

/// The page with the number of all that are found, and where the next one begins.
async fn counted<E, N>(
    db: &impl ConnectionTrait,
    found: Select<N>,
    mut rows: Vec<E::Model>,
    (sort, paging): (Sort, &Paging),
    id: E::Column,
) -> Result<Listed<E::Model>, Error>
where
    E: EntityTrait,
    N: EntityTrait<Model: Send + Sync>,
{
    let total = match paging.known_total(rows.len()) {
        Some(total) => total,
        None => i64::try_from(found.count(db).await?).unwrap_or(i64::MAX),
    };
    let next = paging.next(&mut rows, Some(total), |row| place::<E>(row, sort.column, id))?;
    Ok(Listed { rows, total, next })
}

/// In the order of a list, rows with the same value by their ids. Ids themselves are never the same, and
/// columns that are never null have no order of nulls: said without either, their index has the order, in
/// both directions.
fn in_order<E: EntityTrait>(read: Select<E>, sort: Sort, id: E::Column) -> Select<E> {
    let (column, direction, nulls) = order(sort);
    if sort.column == id.as_str() {
        return read.order_by(id, direction);
    }
    let read = match is_nullable::<E>(sort.column) {
        true => read.order_by_with_nulls(column, direction, nulls),
        false => read.order_by(column, direction),
    };
    read.order_by_asc(id)
}

fn named<E: EntityTrait>(name: &str) -> Option<E::Column> {
    E::Column::iter().find(|column| column.as_str() == name)
}

fn is_nullable<E: EntityTrait>(name: &str) -> bool {
    named::<E>(name).is_none_or(|column| column.def().is_null())
}

fn place<E: EntityTrait>(row: &E::Model, by: &str, id: E::Column) -> Result<Place, Error> {
    let missing = || Error::internal("cursor", format!("no place by {by}"));
    let column = named::<E>(by).ok_or_else(missing)?;
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

#[cfg(test)]
mod tests {
    use sea_orm::DbBackend;
    use sea_orm::entity::prelude::*;

    use super::*;
    use crate::core::query::{Direction, Kind};

    #[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
    #[sea_orm(table_name = "thing")]
    pub struct Model {
        #[sea_orm(primary_key)]
        pub id: i64,
        pub name: Option<String>,
        pub rank: i64,
    }

    #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
    pub enum Relation {}

    impl ActiveModelBehavior for ActiveModel {}

    #[test]
    fn an_order_by_what_is_never_null_is_one_that_its_index_has() {
        let order = |column: &'static str, kind| {
            let sort = Sort { column, direction: Direction::Descending, kind };
            let sql = in_order(Entity::find(), sort, Column::Id).build(DbBackend::Postgres).sql;
            sql.split_once(" ORDER BY ").expect("an order").1.to_owned()
        };
        assert_eq!(order("id", Kind::Integer), r#""thing"."id" DESC"#);
        assert_eq!(order("rank", Kind::Integer), r#""rank" DESC, "thing"."id" ASC"#);
        let by_name = order("name", Kind::Text);
        assert!(by_name.ends_with(r#"NULLS LAST, "thing"."id" ASC"#), "{by_name}");
    }
}
