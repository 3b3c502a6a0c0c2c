//! Row of `collection_group`.

use sea_orm::entity::prelude::*;

use crate::core::db::TenantEntity;
use crate::core::rows::OwnedRow;
use crate::core::share::Shared;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "collection_group")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub share_id: String,
    pub partner_id: i64,
    pub name: String,
    pub source: String,
    pub source_id: String,
    pub collection_ids: Option<Vec<String>>,
    pub objective: Option<String>,
    pub metadata: Option<Json>,
    pub enabled: bool,
    pub created_by: String,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

impl TenantEntity for Entity {
    const PARTNER: Column = Column::PartnerId;
}

impl OwnedRow for Entity {
    type Id = i64;
    const ID: Column = Column::Id;
    const ENABLED: Column = Column::Enabled;
    const CREATED_BY: Column = Column::CreatedBy;
    const UPDATED_AT: Column = Column::UpdatedAt;
}

impl Shared for Entity {
    const LOOKUP: &'static str = "shared_collection_group($1)";
    const SHARE_ID: Column = Column::ShareId;
}
