//! Table `campaign_profiles`, and the part of it that a profile shows.
#![expect(missing_docs, reason = "columns are named by what they hold; exceptions are documented")]

use sea_orm::TryGetableFromJson;
use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, PartialEq, DeriveEntityModel, Serialize)]
#[sea_orm(table_name = "campaign_profiles")]
pub struct Model {
    #[sea_orm(primary_key)]
    pub id: i64,
    /// `INSTAGRAM`, `YOUTUBE` or `GCC`.
    pub platform: String,
    /// Row of the account; in the creator application the creator's account there.
    pub platform_account_id: i64,
    /// What staff entered.
    pub admin_details: Option<Json>,
    /// What the creator entered.
    pub user_details: Option<Json>,
    pub on_gcc: bool,
    pub on_gcc_app: bool,
    /// Account of the creator in the creator application.
    pub gcc_user_account_id: Option<i64>,
    pub updated_by: Option<String>,
    pub has_email: bool,
    pub has_phone: bool,
    pub gender: Option<String>,
    pub dob: Option<Date>,
    pub phone: Option<Vec<String>>,
    pub location: Option<Vec<String>>,
    pub languages: Option<Vec<String>>,
    pub enabled: bool,
    pub created_at: DateTimeUtc,
    pub updated_at: DateTimeUtc,
}

#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}

/// The members that a profile shows.
#[derive(Debug, Clone, Deserialize)]
pub struct CampaignProfileRow {
    pub id: i64,
    pub platform: String,
    pub platform_account_id: i64,
    pub admin_details: Option<serde_json::Value>,
    pub user_details: Option<serde_json::Value>,
    pub on_gcc: bool,
    pub on_gcc_app: bool,
    pub gcc_user_account_id: Option<i64>,
    pub updated_by: Option<String>,
    pub has_email: bool,
    pub has_phone: bool,
}

impl TryGetableFromJson for CampaignProfileRow {}

impl From<Model> for CampaignProfileRow {
    fn from(row: Model) -> Self {
        Self {
            id: row.id,
            platform: row.platform,
            platform_account_id: row.platform_account_id,
            admin_details: row.admin_details,
            user_details: row.user_details,
            on_gcc: row.on_gcc,
            on_gcc_app: row.on_gcc_app,
            gcc_user_account_id: row.gcc_user_account_id,
            updated_by: row.updated_by,
            has_email: row.has_email,
            has_phone: row.has_phone,
        }
    }
}
