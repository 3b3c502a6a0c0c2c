//! Where statements run: a pooled connection, or the transaction of a unit of work. Both count and
//! time their statements.

use std::time::{Duration, Instant};

use sea_orm::sqlx::{self, Executor as _, PgPool, Postgres};
use sea_orm::{ConnectionTrait, DbBackend, DbErr, ExecResult, QueryResult, Statement};
use sea_query_sqlx::SqlxValues;

use super::{Tx, query_error};
use crate::core::telemetry::StatementMetrics;

/// A place to run statements, bound to one unit of work.
#[derive(Clone, Copy)]
pub struct Db<'a> {
    target: Target<'a>,
    metrics: &'a StatementMetrics,
}

#[derive(Clone, Copy)]
enum Target<'a> {
    Pool(&'a PgPool),
    Tx(&'a Tx),
}

impl<'a> Db<'a> {
    /// Statements each take a connection of the pool.
    pub fn pool(pool: &'a PgPool, metrics: &'a StatementMetrics) -> Self {
        Self { target: Target::Pool(pool), metrics }
    }

    /// Statements run in the transaction.
    pub fn tx(tx: &'a Tx, metrics: &'a StatementMetrics) -> Self {
        Self { target: Target::Tx(tx), metrics }
    }
}

fn bound(statement: &Statement) -> sqlx::query::Query<'_, Postgres, SqlxValues> {
    let values = statement.values.clone().unwrap_or(sea_orm::Values(Vec::new()));
    // The text is built from allow-lists and constants only; every value is bound.
    sqlx::query_with(sqlx::AssertSqlSafe(statement.sql.as_str()), SqlxValues(values))
}

/// Runs `$call` on the connection behind the target and observes it.
macro_rules! run {
    ($self:ident, $sql:expr, |$connection:ident| $call:expr) => {{
        let started = Instant::now();
        let outcome = match $self.target {
            Target::Pool(pool) => {
                let mut pooled = pool.acquire().await.map_err(query_error)?;
                let $connection = &mut *pooled;
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
        let query = bound(&statement);
        let done = run!(self, &statement.sql, |connection| query.execute(connection));
        done.map(ExecResult::from).map_err(query_error)
    }

    async fn execute_unprepared(&self, sql: &str) -> Result<ExecResult, DbErr> {
        let text = sqlx::AssertSqlSafe(sql.to_owned());
        let done = run!(self, sql, |connection| connection.execute(text));
        done.map(ExecResult::from).map_err(query_error)
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        let query = bound(&statement);
        let row = run!(self, &statement.sql, |connection| query.fetch_optional(connection));
        row.map(|row| row.map(QueryResult::from)).map_err(query_error)
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        let query = bound(&statement);
        let rows = run!(self, &statement.sql, |connection| query.fetch_all(connection));
        rows.map(|rows| rows.into_iter().map(QueryResult::from).collect()).map_err(query_error)
    }
}
