//! Row of `post_collection`.

use sea_orm::entity::prelude::*;

use crate::core::db::TenantEntity;
use crate::core::rows::OwnedRow;
use crate::core::share::Shared;

/// A collection of posts.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "post_collection")]
pub struct Model {
    /// A uuid as text, of ours.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: String,
    /// Public name.
    pub share_id: String,
    /// Owner.
    pub partner_id: i64,
    /// Name.
    pub name: String,
    /// `SAAS`, `SAAS-AT`, `GCC_CAMPAIGN` or `CAMPAIGN`.
    pub source: String,
    /// What it is at its source; a `SAAS` one is its own source.
    pub source_id: String,
    /// In units of the currency.
    pub budget: Option<i64>,
    /// `false` = removed.
    pub enabled: bool,
    /// First instant that is measured.
    pub start_time: Option<DateTimeUtc>,
    /// Last instant that is measured.
    pub end_time: Option<DateTimeUtc>,
    /// Account, as text.
    pub created_by: String,
    /// Names of metrics.
    pub disabled_metrics: Option<Json>,
    /// Numbers or null by the name of a metric.
    pub expected_metric_values: Option<Json>,
    /// How often posts are measured, as the collector reads it.
    pub metrics_ingestion_freq: String,
    /// What its owner says about it.
    pub comments: Option<String>,
    /// The tracker's job that fills it.
    pub job_id: Option<i64>,
    /// Path of the report on its comments.
    pub sentiment_report_path: Option<String>,
    /// Bucket of that report.
    pub sentiment_report_bucket: Option<String>,
    /// When it was stored.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
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
    const LOOKUP: &'static str = "shared_post_collection($1)";
    const SHARE_ID: Column = Column::ShareId;
}
