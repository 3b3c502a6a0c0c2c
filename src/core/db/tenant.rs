//! Statements on tenant tables, with the tenant predicate in them by construction.

use sea_orm::sea_query::Expr;
use sea_orm::{
    ActiveModelBehavior, ActiveModelTrait, ActiveValue, ColumnTrait, DeleteMany, EntityTrait,
    IntoActiveModel, QueryFilter, Select, UpdateMany,
};

use super::Db;
use crate::core::caller::PLATFORM_PARTNER;

/// An entity whose rows belong to a tenant.
pub trait TenantEntity: EntityTrait {
    /// Column that holds the tenant.
    const PARTNER: Self::Column;
}

/// The transaction of a unit of work together with its tenant. The only way to a tenant table.
#[derive(Clone, Copy)]
pub struct TenantDb<'a> {
    db: Db<'a>,
    partner_id: i64,
}

impl<'a> TenantDb<'a> {
    /// The tenant's view through a transaction whose row-level security was set to the same tenant.
    pub fn new(db: Db<'a>, partner_id: i64) -> Self {
        Self { db, partner_id }
    }

    /// Where to run what [`TenantDb::find`], [`TenantDb::update`] or [`TenantDb::insert`] built.
    /// Hand-written statements take the tenant from [`TenantDb::partner_id`].
    pub fn db(&self) -> &Db<'a> {
        &self.db
    }

    /// Tenant.
    pub fn partner_id(&self) -> i64 {
        self.partner_id
    }

    /// Rows of the tenant; of every tenant for the platform's own partner.
    pub fn find<E: TenantEntity>(&self) -> Select<E> {
        let all = E::find();
        if self.is_platform() { all } else { all.filter(E::PARTNER.eq(self.partner_id)) }
    }

    /// Update of rows of the tenant.
    pub fn update<E: TenantEntity>(&self) -> UpdateMany<E> {
        let all = E::update_many();
        if self.is_platform() { all } else { all.filter(E::PARTNER.eq(self.partner_id)) }
    }

    /// Removal of rows of the tenant.
    pub fn delete<E: TenantEntity>(&self) -> DeleteMany<E> {
        let all = E::delete_many();
        if self.is_platform() { all } else { all.filter(E::PARTNER.eq(self.partner_id)) }
    }

    /// Stores a row as the tenant's, whatever tenant it named before.
    ///
    /// # Errors
    /// A store error, also a violated constraint.
    pub async fn insert<E, A>(&self, mut row: A) -> Result<E::Model, sea_orm::DbErr>
    where
        E: TenantEntity,
        E::Model: IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = E> + ActiveModelBehavior + Send,
    {
        row.set(E::PARTNER, self.partner_id.into());
        row.insert(&self.db).await
    }

    /// Whether the tenant is the platform's own partner, who sees the rows of all.
    pub fn is_platform(&self) -> bool {
        self.partner_id == PLATFORM_PARTNER
    }
}

/// Values of an update, for the columns that are set.
pub fn assignments<E, A>(row: &A) -> Vec<(E::Column, sea_orm::sea_query::SimpleExpr)>
where
    E: EntityTrait,
    A: ActiveModelTrait<Entity = E>,
{
    use sea_orm::Iterable;
    let set = E::Column::iter().filter_map(|column| match row.get(column) {
        ActiveValue::Set(value) => Some((column, Expr::value(value))),
        ActiveValue::Unchanged(_) | ActiveValue::NotSet => None,
    });
    set.collect()
}
