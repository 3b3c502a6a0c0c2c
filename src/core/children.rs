//! The rows below one row of a tenant, such as the items of a collection: changed many at a time, all or
//! none. Each change is one statement that carries the parent's key and the tenant's predicate.

use std::collections::HashSet;

use chrono::Utc;
use sea_orm::sea_query::{IntoCondition, OnConflict};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait as _, EntityTrait, IntoActiveModel,
    QueryFilter as _, QuerySelect as _, Select,
};

use super::db::{ChildEntity, Scoped, TenantDb};
use super::error::{Code, Error};
use super::query::{ListIn, Listed};
use super::route::ListFields;
use super::rows::{OwnedRow, shows_removed};
use super::unit_of_work::UnitOfWork;

/// Most rows of one change.
pub const MOST: usize = 500;

/// A child that is removed by a flag.
pub trait ChildRow: ChildEntity<Parent: OwnedRow> {
    /// Key of its own.
    const ID: Self::Column;
    /// What tells the children of one parent apart; with the parent's key it is a unique key.
    const KEY: &'static [Self::Column];
    /// Flag in place of removal.
    const ENABLED: Self::Column;
    /// When the row was last changed.
    const UPDATED_AT: Self::Column;
}

/// Makes the entity of this file a [`ChildRow`] below the rows of the module `parent`: the column that names
/// the parent, and the columns of the key. The others have the usual names (`id`, `enabled`, `updated_at`).
macro_rules! child_row {
    ($parent:ident, $named_by:ident, [$($key:ident),+]) => {
        #[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
        pub enum Relation {}

        impl ActiveModelBehavior for ActiveModel {}

        impl $crate::core::db::ChildEntity for Entity {
            type Parent = $parent::Entity;
            const PARENT: Column = Column::$named_by;
            const PARENT_KEY: $parent::Column = $parent::Column::Id;
        }

        impl $crate::core::children::ChildRow for Entity {
            const ID: Column = Column::Id;
            const KEY: &'static [Column] = &[$(Column::$key),+];
            const ENABLED: Column = Column::Enabled;
            const UPDATED_AT: Column = Column::UpdatedAt;
        }
    };
}

pub(crate) use child_row;

/// The children of one parent.
pub struct Children<'a, C: ChildRow> {
    tenant: TenantDb<'a>,
    parent: <C::Parent as OwnedRow>::Id,
}

impl<'a> TenantDb<'a> {
    /// The parent with this key, and what is below it.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`.
    pub async fn children<C: ChildRow<Parent: EntityTrait<Model: Send + Sync>>>(
        &self,
        id: <C::Parent as OwnedRow>::Id,
    ) -> Result<(<C::Parent as EntityTrait>::Model, Children<'a, C>), Error> {
        let parent = self.row::<C::Parent>(id.clone()).await?;
        Ok((parent, Children { tenant: *self, parent: id }))
    }

    /// The same for a change: until the end of the transaction no other one changes the parent or what is
    /// below it through here, so that what was counted stays true.
    ///
    /// # Errors
    /// `invalid Record Id - <id>`.
    pub async fn children_to_change<C: ChildRow<Parent: EntityTrait<Model: Send + Sync>>>(
        &self,
        id: <C::Parent as OwnedRow>::Id,
    ) -> Result<(<C::Parent as EntityTrait>::Model, Children<'a, C>), Error> {
        let parent = self.enabled::<C::Parent>().filter(C::Parent::ID.eq(id.clone()));
        let parent = parent.lock_exclusive().one().await?;
        let parent = parent.ok_or_else(|| Error::invalid_record(&id))?;
        Ok((parent, Children { tenant: *self, parent: id }))
    }
}

impl<'a, C: ChildRow> Children<'a, C> {
    /// All of them, also those that were removed.
    pub fn find(&self) -> Scoped<'a, Select<C>> {
        self.tenant.find_below::<C>(self.parent.clone().into())
    }

    /// Those that were not removed.
    pub fn enabled(&self) -> Scoped<'a, Select<C>> {
        self.find().filter(C::ENABLED.eq(true))
    }

    /// Stores rows; of one that exists the `changed` columns are written, and the time. Of rows with the same
    /// key the first counts. The rows as they are then, in no order.
    ///
    /// # Errors
    /// `too many items`, a store error.
    pub async fn upsert<A>(
        &self,
        mut rows: Vec<A>,
        changed: &[C::Column],
    ) -> Result<Vec<C::Model>, Error>
    where
        C::Model: IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = C> + Send,
    {
        within(rows.len())?;
        let mut seen = HashSet::new();
        rows.retain(|row| seen.insert(key::<C, A>(row)));
        let now = Utc::now();
        rows.iter_mut().for_each(|row| row.set(C::UPDATED_AT, now.into()));
        let columns = std::iter::once(C::PARENT).chain(C::KEY.iter().copied());
        let mut conflict = OnConflict::columns(columns);
        conflict.update_columns(changed.iter().copied().chain([C::UPDATED_AT]));
        Ok(self.tenant.upsert_below::<C, A>(self.parent.clone().into(), rows, conflict).await?)
    }

    /// Writes the columns that are set in `row`, and the time, to the children that meet the condition; the
    /// rows as they are then, in no order.
    ///
    /// # Errors
    /// A store error.
    pub async fn change<A>(
        &self,
        which: impl IntoCondition,
        mut row: A,
    ) -> Result<Vec<C::Model>, Error>
    where
        A: ActiveModelTrait<Entity = C>,
    {
        row.set(C::UPDATED_AT, Utc::now().into());
        let update = self.tenant.update_below::<C>(self.parent.clone().into());
        let set = super::db::assignments::<C, A>(&row).into_iter();
        let update = set.fold(update.filter(which.into_condition()), |update, (column, value)| {
            update.set(column, value)
        });
        Ok(update.returning().await?)
    }

    /// Removes the children that meet the condition; the rows that were there, in no order.
    ///
    /// # Errors
    /// A store error.
    pub async fn remove(&self, which: impl IntoCondition) -> Result<Vec<C::Model>, Error> {
        let update = self.tenant.update_below::<C>(self.parent.clone().into());
        let update = update.filter(which.into_condition()).filter(C::ENABLED.eq(true));
        let update = update.set(C::ENABLED, false).set(C::UPDATED_AT, Utc::now());
        Ok(update.returning().await?)
    }
}

impl UnitOfWork {
    /// A page of the children, as [`UnitOfWork::list`] of rows.
    ///
    /// # Errors
    /// A filter or an order outside of `F`.
    pub async fn list_below<C, F>(
        &self,
        parent: &Children<'_, C>,
        list: &ListIn,
    ) -> Result<Listed<C::Model>, Error>
    where
        C: ChildRow<Model: Send + Sync>,
        F: ListFields,
    {
        let rows = if shows_removed(list) { parent.find() } else { parent.enabled() };
        self.page_of::<C, i64, F>((rows, C::ID), list).await
    }
}

/// Whether so many rows may be named by one request.
///
/// # Errors
/// `too many items`.
pub fn within(rows: usize) -> Result<(), Error> {
    if rows > MOST {
        return Err(Error::refused(Code::InvalidValue, "too many items").at("items"));
    }
    Ok(())
}

fn key<C: ChildRow, A: ActiveModelTrait<Entity = C>>(row: &A) -> String {
    let values = C::KEY.iter().map(|column| match row.get(*column) {
        ActiveValue::Set(value) | ActiveValue::Unchanged(value) => Some(value),
        ActiveValue::NotSet => None,
    });
    format!("{:?}", values.collect::<Vec<_>>())
}
