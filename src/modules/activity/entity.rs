//! `activity_tracker`: one activity that an account did.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::core::db::TenantEntity;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "activity_tracker")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Name of the module.
    #[sea_orm(column_name = "type")]
    pub kind: String,
    pub meta: Option<Json>,
    pub enabled: bool,
    pub account_id: i64,
    pub partner_id: i64,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantEntity for Entity {
    const PARTNER: Column = Column::PartnerId;
}
