//! `partner_usage`: one counter of a partner's contract.

use chrono::{DateTime, Utc};
use sea_orm::entity::prelude::*;

use crate::core::db::TenantEntity;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "partner_usage")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub partner_id: i64,
    /// Name of the module.
    pub namespace: String,
    /// Always [`KEY`].
    pub key: String,
    pub limit: i64,
    pub consumed: i64,
    pub start_date: DateTime<Utc>,
    pub end_date: DateTime<Utc>,
    pub next_reset_on: DateTime<Utc>,
    pub frequency: String,
    pub enabled: bool,
    pub created_at: DateTime<Utc>,
    pub updated_at: DateTime<Utc>,
}

/// `key` of every counter.
pub const KEY: &str = "USAGE";

/// A counter as a contract makes it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewCounter {
    pub namespace: String,
    pub limit: i64,
    pub start: DateTime<Utc>,
    pub end: DateTime<Utc>,
    pub frequency: String,
    pub next_reset_on: DateTime<Utc>,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantEntity for Entity {
    const PARTNER: Column = Column::PartnerId;
}
