//! Row of `profile_collection`.

use sea_orm::entity::prelude::*;

use crate::core::rows::owned_row;
use crate::core::share::shared_row;

/// A collection of creators.
#[derive(Clone, Debug, PartialEq, DeriveEntityModel)]
#[sea_orm(table_name = "profile_collection")]
pub struct Model {
    /// Id.
    #[sea_orm(primary_key)]
    pub id: i64,
    /// Public name.
    pub share_id: String,
    /// Owner.
    pub partner_id: i64,
    /// Name.
    pub name: String,
    /// What its owner says about it.
    pub description: Option<String>,
    /// Names of categories.
    pub categories: Option<Vec<String>>,
    /// Tags.
    pub tags: Option<Vec<String>>,
    /// `false` = removed.
    pub enabled: bool,
    /// Whether everybody may read it.
    pub featured: bool,
    /// Account, as text.
    pub created_by: String,
    /// Whether the accounts are measured.
    pub analytics_enabled: bool,
    /// Names of metrics.
    pub disabled_metrics: Json,
    /// `SAAS`, `SAAS-AT`, `GCC_CAMPAIGN` or `CAMPAIGN`.
    pub source: String,
    /// What it is at its source; a `SAAS` or `SAAS-AT` one is its own source.
    pub source_id: String,
    /// Campaign.
    pub campaign_id: Option<i64>,
    /// Platform of the campaign.
    pub campaign_platform: Option<String>,
    /// The tracker's job that fills it.
    pub job_id: Option<i64>,
    /// Ids of categories.
    pub category_ids: Option<Json>,
    /// Columns of its own, by platform.
    pub custom_columns: Json,
    /// Order of columns, by platform.
    pub ordered_columns: Json,
    /// Whether its share id opens it.
    pub share_enabled: bool,
    /// When it was stored.
    pub created_at: DateTimeUtc,
    /// When it was last changed.
    pub updated_at: DateTimeUtc,
}

owned_row!(i64);
shared_row!("shared_profile_collection($1)");
