//! Where statements run: a pooled connection, or the transaction of a unit of work. Both count and
//! time their statements.

use std::time::{Duration, Instant};

use sea_orm::sqlx::{self, Executor as _, Postgres};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use sea_query_sqlx::SqlxValues;
use uuid::Uuid;

use super::{Pool, Scope, Tx, TxSettings, query_error};
use crate::core::telemetry::StatementMetrics;

/// A place to run statements, bound to one unit of work.
#[derive(Clone, Copy)]
pub struct Db<'a> {
    target: Target<'a>,
    metrics: &'a StatementMetrics,
    /// Whether each statement is planned for its values.
    by_values: bool,
}

#[derive(Clone, Copy)]
enum Target<'a> {
    /// With the rows of tenants that row-level security is to admit.
    Pool(&'a Pool, Instant, Option<Scope>),
    Tx(&'a Tx),
}

impl<'a> Db<'a> {
    /// Statements each take a connection of the pool, for which they wait until `deadline`.
    pub fn pool(pool: &'a Pool, deadline: Instant, metrics: &'a StatementMetrics) -> Self {
        Self { target: Target::Pool(pool, deadline, None), metrics, by_values: false }
    }

    /// The same for statements that also read rows of tenants: row-level security admits those of `scope`.
    /// Each statement is a transaction of its own.
    pub fn pool_within(
        pool: &'a Pool,
        deadline: Instant,
        scope: Scope,
        metrics: &'a StatementMetrics,
    ) -> Self {
        Self { target: Target::Pool(pool, deadline, Some(scope)), metrics, by_values: false }
    }

    /// Statements run in the transaction.
    pub fn tx(tx: &'a Tx, metrics: &'a StatementMetrics) -> Self {
        Self { target: Target::Tx(tx), metrics, by_values: false }
    }

    /// The same for statements that find anything from no row to all, as filters of clients do: PostgreSQL
    /// plans each for its values. One that stays prepared it plans for all values, once it was executed a few
    /// times, and that may be a bad plan for most.
    pub fn planned_by_values(self) -> Self {
        Self { by_values: true, ..self }
    }
}

/// Runs `$call` on the connection behind the target and observes it.
macro_rules! run {
    ($self:ident, $sql:expr, |$connection:ident| $call:expr) => {{
        let started = Instant::now();
        let outcome = match $self.target {
            Target::Pool(pool, deadline, scope) if scope.is_some() || pool.is_pooled() => {
                let tag = Uuid::new_v4();
                let settings = TxSettings { scope, deadline, tag };
                let tx = Tx::begin(pool, settings).await?;
                let mut guard = tx.lock().await;
                let $connection = guard.connection()?;
                let outcome = $call.await;
                guard.finished();
                drop(guard);
                if outcome.is_ok() {
                    tx.commit().await?;
                }
                outcome
            }
            Target::Pool(pool, deadline, _) => {
                let mut loan = pool.acquire(deadline).await?;
                let $connection = loan.connection()?;
                $call.await
            }
            Target::Tx(tx) => {
                let mut guard = tx.lock().await;
                let $connection = guard.connection()?;
                let outcome = $call.await;
                guard.finished();
                outcome
            }
        };
        $self.observe($sql, started.elapsed());
        outcome
    }};
}

impl Db<'_> {
    fn bound<'q>(&self, statement: &'q Statement) -> sqlx::query::Query<'q, Postgres, SqlxValues> {
        let values = statement.values.clone().unwrap_or(sea_orm::Values(Vec::new()));
        let keeps_statements = match self.target {
            Target::Pool(pool, ..) => !pool.is_pooled(),
            Target::Tx(tx) => tx.keeps_statements(),
        };
        // The text is built from allow-lists and constants only; every value is bound.
        sqlx::query_with(sqlx::AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
            .persistent(keeps_statements && !self.by_values)
    }

    fn observe(&self, sql: &str, took: Duration) {
        self.metrics.observe(sql, took);
    }
}

#[sea_orm::prelude::async_trait::async_trait]
impl ConnectionTrait for Db<'_> {
    fn get_database_backend(&self) -> DbBackend {
        DbBackend::Postgres
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        let query = self.bound(&statement);
        let done = run!(self, &statement.sql, |connection| query.execute(connection));
        done.map(ExecResult::from).map_err(query_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let text = sqlx::AssertSqlSafe(sql.to_owned());
        let done = run!(self, sql, |connection| connection.execute(text));
        done.map(ExecResult::from).map_err(query_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let query = self.bound(&statement);
        let row = run!(self, &statement.sql, |connection| query.fetch_optional(connection));
        row.map(|row| row.map(QueryResult::from)).map_err(query_error)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = self.bound(&statement);
        let rows = run!(self, &statement.sql, |connection| query.fetch_all(connection));
        rows.map(|rows| rows.into_iter().map(QueryResult::from).collect()).map_err(query_error)
    }
}
