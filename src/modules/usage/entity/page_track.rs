//! `partner_profile_page_track`: one profile page that a partner unlocked.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::core::db::TenantEntity;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_profile_page_track")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub partner_id: i64,
    /// `profile-<PLATFORM>-<account id>`.
    pub key: String,
    pub enabled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantEntity for Entity {
    const PARTNER: Column = Column::PartnerId;
}
