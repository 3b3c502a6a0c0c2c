//! The members of `campaign_profiles` that a profile shows; another module owns the table.

use sea_orm::TryGetableFromJson;
use serde::Deserialize;

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
