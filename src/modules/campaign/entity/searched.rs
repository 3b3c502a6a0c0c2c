//! Table `campaign_profile_search`: what is searched of campaign profiles, in narrow rows that triggers write.
//! Statements name its columns; here are those that pages are found and sorted by.
#![expect(missing_docs, reason = "columns are named by what they hold")]

use sea_orm::entity::prelude::*;

#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "campaign_profile_search")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    pub platform_account_id: i64,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
    pub enabled: bool,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
