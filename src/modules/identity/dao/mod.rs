//! SQL of the identity tables.

pub(super) mod attempt;
pub(super) mod refresh_token;
pub(super) mod session;
pub(super) mod user;

use sea_orm::{DbBackend, Statement, Value};

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
