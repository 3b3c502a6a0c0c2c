//! SQL of collection groups beyond the plain operations.

use sea_orm::{ConnectionTrait as _, DbBackend, Statement};

use crate::core::error::Error;
use crate::core::session::Session;

/// Id and partner of the enabled group behind a share id. Tells no more than these two, whoever asks.
pub(super) async fn behind_share_id(
    session: &Session,
    share_id: &str,
) -> Result<Option<(i64, i64)>, Error> {
    let sql = "SELECT id, partner_id FROM shared_collection_group($1)";
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [share_id.into()]);
    let row = session.read().query_one_raw(statement).await?;
    row.map(|row| Ok((row.try_get("", "id")?, row.try_get("", "partner_id")?))).transpose()
}
