//! Row of `keyword_collection`.

use sea_orm::FromQueryResult;
use sea_orm::entity::prelude::*;

use crate::core::rows::owned_row;
use crate::core::share::shared_row;

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

owned_row!(String);
shared_row!("shared_keyword_collection($1)");

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
