//! SQL of the partner tables.

use chrono::{DateTime, Utc};
use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::service::Contract;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Plan;

/// Contracts of a partner in the order in which they were made.
pub(super) async fn contracts(db: &Db<'_>, partner_id: i64) -> Result<Vec<Contract>, Error> {
    let sql = "SELECT contract_type, plan, start_time, end_time \
               FROM partner_contract WHERE partner_id = $1 ORDER BY id";
    let rows = db.query_all_raw(statement(sql, [partner_id.into()])).await?;
    let read = |row: sea_orm::QueryResult| {
        Ok(Contract {
            contract_type: row.try_get("", "contract_type")?,
            plan: row.try_get("", "plan")?,
            start_time: row.try_get("", "start_time")?,
            end_time: row.try_get("", "end_time")?,
        })
    };
    rows.into_iter().map(read).collect()
}

/// Creates the partner if there is none with this id.
pub(super) async fn ensure_partner(db: &Db<'_>, partner_id: i64) -> Result<(), Error> {
    let sql = "INSERT INTO partner (id, name) VALUES ($1, $2) ON CONFLICT (id) DO NOTHING";
    let name = format!("Partner {partner_id}");
    db.execute_raw(statement(sql, [partner_id.into(), name.into()])).await?;
    Ok(())
}

/// Stores a contract of type `SAAS`.
pub(super) async fn insert_contract(
    db: &Db<'_>,
    partner_id: i64,
    plan: Plan,
    (start, end): (DateTime<Utc>, DateTime<Utc>),
) -> Result<(), Error> {
    let sql = "INSERT INTO partner_contract (partner_id, plan, start_time, end_time) \
               VALUES ($1, $2, $3, $4)";
    let values = [partner_id.into(), plan.name().into(), start.into(), end.into()];
    db.execute_raw(statement(sql, values)).await?;
    Ok(())
}

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
