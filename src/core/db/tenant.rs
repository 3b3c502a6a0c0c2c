//! Statements on tenant tables, with the tenant predicate in them by construction.

use sea_orm::sea_query::{Expr, OnConflict, SelectStatement, SimpleExpr};
use sea_orm::{
    ActiveModelTrait, ActiveValue, ColumnTrait, ConnectionTrait, DbErr, DeleteMany, EntityTrait,
    Insert, IntoActiveModel, PaginatorTrait, QueryFilter, QueryOrder, QueryResult, QuerySelect,
    Select, TryGetableMany, UpdateMany, Value,
};

use super::Db;
use super::scope::{Scope, TenantSql};
use crate::core::error::Error;

/// An entity whose rows belong to a tenant.
pub trait TenantEntity: EntityTrait {
    /// Column that holds the tenant.
    const PARTNER: Self::Column;
}

/// The transaction of a unit of work together with its scope. The only way to a tenant table.
#[derive(Clone, Copy)]
pub struct TenantDb<'a> {
    db: Db<'a>,
    scope: Scope,
    author: i64,
}

/// A statement that is bound to a scope and may be narrowed further.
#[derive(Clone)]
pub struct Scoped<'a, Q> {
    query: Q,
    db: Db<'a>,
}

impl<'a> TenantDb<'a> {
    /// A view through a transaction whose row-level security was set to the same scope.
    pub(in crate::core) fn new(db: Db<'a>, scope: Scope, author: i64) -> Self {
        Self { db, scope, author }
    }

    pub(super) fn db(&self) -> &Db<'a> {
        &self.db
    }

    /// Whose rows.
    pub fn scope(&self) -> Scope {
        self.scope
    }

    /// The partner in whose name rows are written.
    pub fn partner_id(&self) -> i64 {
        self.scope.partner_id()
    }

    /// The account that writes rows; 0 where nobody knows.
    pub fn author(&self) -> i64 {
        self.author
    }

    /// The same for one partner only: the own one, or any for the platform.
    ///
    /// # Errors
    /// Another partner than the own one.
    pub fn narrowed(self, partner_id: i64) -> Result<Self, Error> {
        match self.scope {
            Scope::Platform => Ok(Self { scope: Scope::Tenant(partner_id), ..self }),
            scope if scope.partner_id() == partner_id => Ok(self),
            _ => Err(Error::unauthorized()),
        }
    }

    /// The same for the scope's own partner only, also where the platform asks.
    pub fn own(self) -> Self {
        Self { scope: Scope::Tenant(self.partner_id()), ..self }
    }

    /// Rows of the scope.
    pub fn find<E: TenantEntity>(&self) -> Scoped<'a, Select<E>> {
        self.bound(E::find().filter(self.scope.admits(E::PARTNER)))
    }

    /// Update of rows of the scope.
    pub fn update<E: TenantEntity>(&self) -> Scoped<'a, UpdateMany<E>> {
        self.bound(E::update_many().filter(self.scope.admits(E::PARTNER)))
    }

    /// Removal of rows of the scope.
    pub fn delete<E: TenantEntity>(&self) -> Scoped<'a, DeleteMany<E>> {
        self.bound(E::delete_many().filter(self.scope.admits(E::PARTNER)))
    }

    pub(super) fn bound<Q>(&self, query: Q) -> Scoped<'a, Q> {
        Scoped { query, db: self.db }
    }

    /// Stores a row in the scope's name, whatever tenant it named before; `None` when a unique key is
    /// taken, also by a row that the caller cannot see.
    ///
    /// # Errors
    /// A store error, also another violated constraint.
    pub async fn insert<E, A>(&self, mut row: A) -> Result<Option<E::Model>, DbErr>
    where
        E: TenantEntity,
        E::Model: IntoActiveModel<A>,
        A: ActiveModelTrait<Entity = E> + Send,
    {
        row.set(E::PARTNER, self.partner_id().into());
        let insert = Insert::one(row).on_conflict(OnConflict::new().do_nothing().to_owned());
        match insert.exec_with_returning(&self.db).await {
            Ok(stored) => Ok(Some(stored)),
            Err(DbErr::RecordNotInserted | DbErr::RecordNotFound(_)) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Stores rows in the scope's name; `conflict` says what becomes of those that exist. Its key begins
    /// with the tenant.
    ///
    /// # Errors
    /// A store error, also another violated constraint.
    pub async fn upsert<E, A>(&self, rows: Vec<A>, conflict: OnConflict) -> Result<(), DbErr>
    where
        E: TenantEntity,
        A: ActiveModelTrait<Entity = E> + Send,
    {
        if rows.is_empty() {
            return Ok(());
        }
        let partner_id: Value = self.partner_id().into();
        let rows = rows.into_iter().map(|mut row| {
            row.set(E::PARTNER, partner_id.clone());
            row
        });
        E::insert_many(rows).on_conflict(conflict).exec_without_returning(&self.db).await.map(drop)
    }

    /// Rows of a hand-written statement.
    ///
    /// # Errors
    /// A store error.
    pub async fn all(
        &self,
        sql: TenantSql,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Vec<QueryResult>, DbErr> {
        self.db.query_all_raw(sql.statement(self.scope, values)).await
    }

    /// First row of a hand-written statement.
    ///
    /// # Errors
    /// A store error.
    pub async fn one(
        &self,
        sql: TenantSql,
        values: impl IntoIterator<Item = Value>,
    ) -> Result<Option<QueryResult>, DbErr> {
        self.db.query_one_raw(sql.statement(self.scope, values)).await
    }

    /// Waits until no other transaction holds the lock of this name for the scope's partner, and holds it
    /// until the end of this one.
    ///
    /// # Errors
    /// A store error.
    pub async fn lock(&self, name: &'static str) -> Result<(), DbErr> {
        const LOCK: &str = "SELECT pg_advisory_xact_lock(hashtextextended($1, $2))";
        let values = [name.into(), self.partner_id().into()];
        let backend = sea_orm::DbBackend::Postgres;
        let statement = sea_orm::Statement::from_sql_and_values(backend, LOCK, values);
        self.db.execute_raw(statement).await.map(drop)
    }
}

/// What a transaction can go back to after a statement that failed.
pub(in crate::core) struct Savepoint<'a>(Db<'a>);

impl<'a> TenantDb<'a> {
    /// A point that the transaction can go back to.
    ///
    /// # Errors
    /// A store error.
    pub(in crate::core) async fn savepoint(&self) -> Result<Savepoint<'a>, DbErr> {
        self.db.execute_unprepared("SAVEPOINT attempt").await?;
        Ok(Savepoint(self.db))
    }
}

impl Savepoint<'_> {
    /// Undoes what was done since.
    ///
    /// # Errors
    /// A store error.
    pub(in crate::core) async fn back(self) -> Result<(), DbErr> {
        self.0.execute_unprepared("ROLLBACK TO SAVEPOINT attempt").await.map(drop)
    }
}

impl<Q: QueryFilter> QueryFilter for Scoped<'_, Q> {
    type QueryStatement = Q::QueryStatement;

    fn query(&mut self) -> &mut Self::QueryStatement {
        self.query.query()
    }
}

impl<Q: QueryOrder> QueryOrder for Scoped<'_, Q> {
    type QueryStatement = Q::QueryStatement;

    fn query(&mut self) -> &mut SelectStatement {
        self.query.query()
    }
}

impl<Q: QuerySelect> QuerySelect for Scoped<'_, Q> {
    type QueryStatement = Q::QueryStatement;

    fn query(&mut self) -> &mut SelectStatement {
        self.query.query()
    }
}

impl<'a, Q> Scoped<'a, Q> {
    /// The statement, and where it runs.
    pub(in crate::core) fn into_parts(self) -> (Q, Db<'a>) {
        (self.query, self.db)
    }
}

impl<E> Scoped<'_, Select<E>>
where
    E: EntityTrait<Model: Send + Sync>,
{
    /// The first row.
    ///
    /// # Errors
    /// A store error.
    pub async fn one(self) -> Result<Option<E::Model>, DbErr> {
        self.query.one(&self.db).await
    }

    /// All rows.
    ///
    /// # Errors
    /// A store error.
    pub async fn all(self) -> Result<Vec<E::Model>, DbErr> {
        self.query.all(&self.db).await
    }

    /// The selected columns of the first row.
    ///
    /// # Errors
    /// A store error.
    pub async fn tuple<T: TryGetableMany>(self) -> Result<Option<T>, DbErr> {
        self.query.into_tuple().one(&self.db).await
    }

    /// The selected columns of all rows.
    ///
    /// # Errors
    /// A store error.
    pub async fn tuples<T: TryGetableMany>(self) -> Result<Vec<T>, DbErr> {
        self.query.into_tuple().all(&self.db).await
    }

    /// Number of rows.
    ///
    /// # Errors
    /// A store error.
    pub async fn count(self) -> Result<i64, DbErr> {
        let total = PaginatorTrait::count(self.query, &self.db).await?;
        Ok(i64::try_from(total).unwrap_or(i64::MAX))
    }
}

impl<E: EntityTrait> Scoped<'_, UpdateMany<E>> {
    /// Sets a column.
    pub fn set<T: ColumnTrait>(mut self, column: T, value: impl Into<SimpleExpr>) -> Self {
        self.query = self.query.col_expr(column, value.into());
        self
    }

    /// Runs it; the number of rows.
    ///
    /// # Errors
    /// A store error.
    pub async fn execute(self) -> Result<u64, DbErr> {
        Ok(self.query.exec(&self.db).await?.rows_affected)
    }

    /// Runs it; the rows as they are now.
    ///
    /// # Errors
    /// A store error.
    pub async fn returning(self) -> Result<Vec<E::Model>, DbErr> {
        self.query.exec_with_returning(&self.db).await
    }
}

impl<E: EntityTrait> Scoped<'_, DeleteMany<E>> {
    /// Runs it; the number of rows.
    ///
    /// # Errors
    /// A store error.
    pub async fn execute(self) -> Result<u64, DbErr> {
        Ok(self.query.exec(&self.db).await?.rows_affected)
    }
}

/// Values of an update, for the columns that are set.
pub fn assignments<E, A>(row: &A) -> Vec<(E::Column, SimpleExpr)>
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
