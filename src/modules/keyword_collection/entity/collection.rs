//! Row of `keyword_collection`.

use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use crate::core::db::TenantEntity;
use crate::core::rows::OwnedRow;
use crate::core::share::Shared;

#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "keyword_collection")]
pub struct Model {
    /// A uuid as text, of ours.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    pub share_id: String,
    pub name: String,
    pub partner_id: i64,
    pub platform: String,
    pub keywords: Vec<String>,
    pub enabled: bool,
    pub start_time: DateTimeUtc,
    pub end_time: DateTimeUtc,
    pub created_by: String,
    pub job_id: Option<i64>,
    pub report_bucket: Option<String>,
    pub report_path: Option<String>,
    pub demography_report_path: Option<String>,
    /// Of the present report; null until it was first read.
    pub report_total_posts: Option<i64>,
    /// Of the present report; null until it was first read.
    pub report_total_reach: Option<i64>,
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
    type Id = String;
    const ID: Column = Column::Id;
    const ENABLED: Column = Column::Enabled;
    const CREATED_BY: Column = Column::CreatedBy;
    const UPDATED_AT: Column = Column::UpdatedAt;
}

impl Shared for Entity {
    const LOOKUP: &'static str = "shared_keyword_collection($1)";
    const SHARE_ID: Column = Column::ShareId;
}

/// What the last report of a collection counted.
#[derive(Debug, Clone, PartialEq, Eq, FromQueryResult)]
pub struct ReportTotals {
    /// Collection.
    pub id: String,
    /// Its owner.
    pub partner_id: i64,
    /// Posts.
    pub posts: i64,
    /// Reach of the posts together.
    pub reach: i64,
}
