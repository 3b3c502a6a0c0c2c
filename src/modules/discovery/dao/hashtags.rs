//! Hashtags of an account.

use sea_orm::{ColumnTrait, DbErr, EntityTrait, QueryFilter};

use crate::core::db::Db;
use crate::core::types::Platform;
use crate::modules::discovery::entity::hashtags::{Column, Entity, Model};

/// The hashtags of an account, if any were loaded.
pub async fn find(
    db: &Db<'_>,
    platform: Platform,
    account_id: i64,
) -> Result<Option<Model>, DbErr> {
    Entity::find()
        .filter(Column::Platform.eq(platform.name()))
        .filter(Column::PlatformProfileId.eq(account_id))
        .one(db)
        .await
}
