//! Campaign profiles: found, locked and saved.

use sea_orm::{
    ColumnTrait as _, ConnectionTrait as _, DbBackend, EntityTrait as _, QueryFilter as _,
    QuerySelect as _, SqlErr, Statement,
};

use super::super::entity::{Column, Entity, Model};
use crate::core::db::Db;
use crate::core::error::{Code, Error};
use crate::core::types::CampaignPlatform;

/// Those of these that were not switched off, in no order.
pub async fn find(db: &Db<'_>, ids: Vec<i64>) -> Result<Vec<Model>, Error> {
    let wanted = Entity::find().filter(Column::Id.is_in(ids)).filter(Column::Enabled.eq(true));
    Ok(wanted.all(db).await?)
}

/// The profile, until the commit changed by nobody else.
pub async fn lock(tx: &Db<'_>, id: i64) -> Result<Option<Model>, Error> {
    let wanted = Entity::find_by_id(id).filter(Column::Enabled.eq(true));
    Ok(wanted.lock_exclusive().one(tx).await?)
}

/// The profile of an account, also one that was switched off.
pub async fn of_account(
    db: &Db<'_>,
    platform: CampaignPlatform,
    account_id: i64,
) -> Result<Option<Model>, Error> {
    let wanted = Entity::find()
        .filter(Column::Platform.eq(platform.name()))
        .filter(Column::PlatformAccountId.eq(account_id));
    Ok(wanted.one(db).await?)
}

/// Writes rows that the transaction holds, and the time.
pub async fn save(tx: &Db<'_>, rows: &[Model]) -> Result<(), Error> {
    let rows = serde_json::to_value(rows);
    let rows = rows.map_err(|error| Error::internal("campaign profiles", error))?;
    let sql = include_str!("save.sql");
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, [rows.into()]);
    let saved = tx.execute_raw(statement).await.map_err(|error| match error.sql_err() {
        // The account of the creator application has another profile there.
        Some(SqlErr::UniqueConstraintViolation(_)) => {
            Error::refused(Code::AlreadyExists, "record already exists").at("accountId")
        }
        _ => error.into(),
    });
    saved.map(drop)
}
