//! Row of `post_collection`.

use sea_orm::entity::prelude::*;

use crate::core::rows::owned_row;
use crate::core::share::shared_row;

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

owned_row!(String);
shared_row!("shared_post_collection($1)");
