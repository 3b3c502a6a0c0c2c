//! Table `processed_batch`: what became of finished batches.

use sea_orm::{ConnectionTrait, DbBackend, Statement, Value};

use super::JobBatch;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;

/// The outcome that `handler` committed for a batch. A replica may not know it yet.
pub(super) async fn find(
    stores: &Stores,
    handler: &'static str,
    batch_id: i64,
) -> Result<Option<JobBatch>, Error> {
    let sql = "SELECT result FROM processed_batch WHERE handler = $1 AND batch_id = $2";
    let statement = statement(sql, [handler.into(), batch_id.into()]);
    let Some(row) = stores.db().query_one_raw(statement).await? else {
        return Ok(None);
    };
    let outcome: serde_json::Value = row.try_get("", "result")?;
    serde_json::from_value(outcome)
        .map(Some)
        .map_err(|error| Error::internal("processed_batch", error))
}

/// Adds an outcome to the transaction; false where another one is committed already.
pub(super) async fn insert(
    unit: &UnitOfWork,
    handler: &'static str,
    outcome: &JobBatch,
) -> Result<bool, Error> {
    let result =
        serde_json::to_value(outcome).map_err(|error| Error::internal("job batch", error))?;
    let sql = "INSERT INTO processed_batch (handler, batch_id, result) VALUES ($1, $2, $3) \
               ON CONFLICT DO NOTHING";
    let values: [Value; 3] = [handler.into(), outcome.id.into(), result.into()];
    let done = unit.write().await?.execute_raw(statement(sql, values)).await?;
    Ok(done.rows_affected() == 1)
}

fn statement(sql: &str, values: impl IntoIterator<Item = Value>) -> Statement {
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
