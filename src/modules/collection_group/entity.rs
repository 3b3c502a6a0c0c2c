//! Row of `collection_group`.

use sea_orm::entity::prelude::*;

use crate::core::rows::owned_row;
use crate::core::share::shared_row;

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

owned_row!(i64);
shared_row!("shared_collection_group($1)");
