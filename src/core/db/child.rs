//! Statements on the rows below a row of a tenant. They carry the parent's key and, in a sub-select, the
//! tenant's predicate on the parent, so that a foreign parent has no children.

use sea_orm::sea_query::{ExprTrait as _, OnConflict, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DbErr, EntityTrait, Insert, IntoActiveModel, QueryFilter as _,
    QueryTrait as _, Select, UpdateMany, Value,
};

use super::tenant::{Scoped, TenantDb, TenantEntity};

/// An entity whose rows belong to a row of a tenant.
pub trait ChildEntity: EntityTrait {
    /// Entity of the parent.
    type Parent: TenantEntity;
    /// Column that holds the parent's key.
    const PARENT: Self::Column;
    /// The parent's key.
    const PARENT_KEY: <Self::Parent as EntityTrait>::Column;
}

impl<'a> TenantDb<'a> {
    /// Rows below a parent of the scope.
    pub fn find_below<C: ChildEntity>(&self, parent: Value) -> Scoped<'a, Select<C>> {
        self.bound(C::find().filter(self.below::<C>(parent)))
    }

    /// Update of rows below a parent of the scope.
    pub fn update_below<C: ChildEntity>(&self, parent: Value) -> Scoped<'a, UpdateMany<C>> {
        self.bound(C::update_many().filter(self.below::<C>(parent)))
    }

    /// Stores rows below a parent of the scope, whatever parent they named before, and returns them as they
    /// are then; `conflict` says what becomes of those that exist. The caller has read the parent.
    ///
    /// # Errors
    /// A store error, also a violated constraint.
    pub(in crate::core) async fn upsert_below<C, A>(
        &self,
        parent: Value,
        rows: Vec<A>,
        conflict: OnConflict,
    ) -> Result<Vec<C::Model>, DbErr>
    where
        C: ChildEntity<Model: IntoActiveModel<A>>,
        A: ActiveModelTrait<Entity = C> + Send,
    {
        if rows.is_empty() {
            return Ok(Vec::new());
        }
        let rows = rows.into_iter().map(|mut row| {
            row.set(C::PARENT, parent.clone());
            row
        });
        let insert = Insert::many(rows).on_conflict(conflict);
        insert.exec_with_returning(self.db()).await
    }

    fn below<C: ChildEntity>(&self, parent: Value) -> SimpleExpr {
        let admitted = C::Parent::find().filter(self.scope().admits(C::Parent::PARTNER));
        let mut admitted = admitted.filter(C::PARENT_KEY.eq(parent.clone())).into_query();
        admitted.clear_selects().column(C::PARENT_KEY);
        C::PARENT.eq(parent).and(C::PARENT.in_subquery(admitted))
    }
}
