//! Statements of plain modules. Every one carries the tenant predicate of [`TenantDb`].

use chrono_tz::Tz;
use sea_orm::sea_query::{Expr, ExprTrait as _};
use sea_orm::{
    ColumnTrait as _, IdenStatic as _, QueryFilter as _, QueryOrder as _, QuerySelect as _, Value,
};

use super::resource::{Column, Model, Resource};
use crate::core::db::{TenantDb, assignments};
use crate::core::error::Error;
use crate::core::query::{Filters, Page, Sort, compile, condition, order};

/// The enabled row with this key.
pub(super) async fn find<R: Resource>(
    tenant: &TenantDb<'_>,
    id: &R::Id,
) -> Result<Option<Model<R>>, Error> {
    let query = tenant.find::<R::Entity>().filter(R::ID.eq(id.clone())).filter(R::ENABLED.eq(true));
    Ok(query.one().await?)
}

/// The enabled rows with these keys, in any order.
pub(super) async fn find_many<R: Resource>(
    tenant: &TenantDb<'_>,
    ids: &[R::Id],
) -> Result<Vec<Model<R>>, Error> {
    let query = tenant.find::<R::Entity>().filter(R::ID.is_in(ids.iter().cloned()));
    Ok(query.filter(R::ENABLED.eq(true)).all().await?)
}

/// The enabled row with these values.
pub(super) async fn find_same<R: Resource>(
    tenant: &TenantDb<'_>,
    values: Vec<(Column<R>, Value)>,
) -> Result<Option<Model<R>>, Error> {
    let all = tenant.find::<R::Entity>().filter(R::ENABLED.eq(true));
    let query = values.into_iter().fold(all, |query, (column, v)| query.filter(column.eq(v)));
    Ok(query.one().await?)
}

/// Stores a row; `None` when a unique key is taken, also by a row that the caller cannot see.
pub(super) async fn insert<R: Resource>(
    tenant: &TenantDb<'_>,
    row: R::Row,
) -> Result<Option<Model<R>>, Error> {
    Ok(tenant.insert::<R::Entity, R::Row>(row).await?)
}

/// Writes the set columns of a row; `None` when no enabled row of the tenant has this key.
///
/// With an optimistic lock the row's version, when set, is the expected one and counts up.
pub(super) async fn update<R: Resource>(
    tenant: &TenantDb<'_>,
    id: &R::Id,
    row: &R::Row,
) -> Result<Option<Model<R>>, Error> {
    let mut query =
        tenant.update::<R::Entity>().filter(R::ID.eq(id.clone())).filter(R::ENABLED.eq(true));
    for (column, value) in assignments::<R::Entity, R::Row>(row) {
        match R::VERSION {
            Some(version) if version.as_str() == column.as_str() => {
                query = query.filter(Expr::col(version).eq(value));
            }
            _ => query = query.set(column, value),
        }
    }
    if let Some(version) = R::VERSION {
        query = query.set(version, Expr::col(version).add(1));
    }
    Ok(query.returning().await?.into_iter().next())
}

/// A page of the rows that meet the filters, and how many meet them.
pub(super) async fn search<R: Resource>(
    tenant: &TenantDb<'_>,
    filters: &Filters,
    (sort, page): (Sort, Page),
    zone: Tz,
) -> Result<(Vec<Model<R>>, i64), Error> {
    let clauses = compile(filters, R::FIELDS, zone)?;
    let mut query = tenant.find::<R::Entity>().filter(condition(&clauses));
    if !filters.has_value(R::ENABLED.as_str()) {
        query = query.filter(R::ENABLED.eq(true));
    }
    let total = query.clone().count().await?;
    let (column, direction, nulls) = order(sort);
    let rows = query
        .order_by_with_nulls(column, direction, nulls)
        .order_by_asc(R::ID)
        .offset(page.offset())
        .limit(page.size)
        .all()
        .await?;
    Ok((rows, total))
}
