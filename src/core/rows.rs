//! Rows of tenant tables that are removed by a flag: the few operations that plain modules share. Each is
//! one statement with the tenant's predicate; a module combines them with its own.

use std::fmt::Display;

use sea_orm::sea_query::IntoCondition;
use sea_orm::{
    ActiveModelTrait, ColumnTrait as _, EntityTrait, IntoActiveModel, QueryFilter as _,
    QueryOrder as _, QuerySelect as _, Select, Value,
};

use super::db::{Scoped, TenantDb, TenantEntity, assignments};
use super::error::Error;
use super::query::{Page, Sort, order};

/// Attempts to store a row under a generated key before a taken key must be another one.
const INSERT_ATTEMPTS: usize = 3;

/// A row with a flag in place of its removal.
pub trait OwnedRow: TenantEntity {
    /// Type of the key.
    type Id: Into<Value> + Display + Clone + Send;
    /// Key.
    const ID: Self::Column;
    /// Flag.
    const ENABLED: Self::Column;
}

/// An integer key of a path; 0 and negative numbers name nothing.
///
/// # Errors
/// `invalid Record Id - <text>`.
pub fn record_id(text: &str) -> Result<i64, Error> {
    let invalid = || Error::invalid_value("id", format!("invalid Record Id - {text}"));
    text.parse().ok().filter(|id| *id > 0).ok_or_else(invalid)
}

impl<'a> TenantDb<'a> {
    /// Rows of the scope that were not removed.
    pub fn enabled<E: OwnedRow>(&self) -> Scoped<'a, Select<E>> {
        self.find::<E>().filter(E::ENABLED.eq(true))
    }

    /// The row with this key.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`.
    pub async fn row<E: OwnedRow<Model: Send + Sync>>(&self, id: E::Id) -> Result<E::Model, Error> {
        let row = self.enabled::<E>().filter(E::ID.eq(id.clone())).one().await?;
        row.ok_or_else(|| Error::invalid_record(id))
    }

    /// Stores the row of `fresh`, which generates keys anew for each attempt. Where a key is taken, the row
    /// of the scope that is the `same` is returned as it is; `None` when the key is somebody else's.
    ///
    /// # Errors
    /// A store error, also another violated constraint.
    pub async fn insert_or_same<E, A>(
        &self,
        fresh: impl Fn() -> A,
        same: impl IntoCondition + Clone,
    ) -> Result<Option<E::Model>, Error>
    where
        E: OwnedRow<Model: IntoActiveModel<A> + Send + Sync>,
        A: ActiveModelTrait<Entity = E> + Send,
    {
        for _ in 0..INSERT_ATTEMPTS {
            if let Some(stored) = self.insert::<E, A>(fresh()).await? {
                return Ok(Some(stored));
            }
            let there = self.enabled::<E>().filter(same.clone().into_condition());
            if let Some(there) = there.one().await? {
                return Ok(Some(there));
            }
        }
        Ok(None)
    }

    /// Writes the columns that are set in `row`.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`.
    pub async fn patch<E, A>(&self, id: E::Id, row: &A) -> Result<E::Model, Error>
    where
        E: OwnedRow,
        A: ActiveModelTrait<Entity = E>,
    {
        let enabled = self.update::<E>().filter(E::ENABLED.eq(true)).filter(E::ID.eq(id.clone()));
        let set = assignments::<E, A>(row).into_iter();
        let update = set.fold(enabled, |update, (column, value)| update.set(column, value));
        update.returning().await?.into_iter().next().ok_or_else(|| Error::invalid_record(id))
    }
}

impl<E: EntityTrait<Model: Send + Sync>> Scoped<'_, Select<E>> {
    /// A page of the rows, those of one place in the order by `id`, and how many there are.
    ///
    /// # Errors
    /// A store error.
    pub async fn page(
        self,
        (sort, page): (Sort, Page),
        id: E::Column,
    ) -> Result<(Vec<E::Model>, i64), Error> {
        let total = self.clone().count().await?;
        let (column, direction, nulls) = order(sort);
        let rows = self
            .order_by_with_nulls(column, direction, nulls)
            .order_by_asc(id)
            .offset(page.offset())
            .limit(page.size);
        Ok((rows.all().await?, total))
    }
}
