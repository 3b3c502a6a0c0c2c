//! Campaign profiles that accounts come with; another module owns the table.

use sea_orm::{ConnectionTrait, DbBackend, Statement};
use serde_json::Value;

use super::upsert::Merged;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::Platform;

/// What staff entered, and what the creator entered.
#[derive(Debug, Clone, Default)]
pub struct Details {
    pub admin: Option<Value>,
    pub user: Option<Value>,
}

/// A campaign profile for an account that lacks one.
#[derive(Debug, Clone)]
pub struct NewCampaignProfile<'a> {
    pub platform: Platform,
    pub account: &'a Merged,
    /// Plain place names of the account.
    pub location: Vec<String>,
    pub updated_by: String,
}

/// Stores the campaign profile where there is none.
pub async fn create_missing(tx: &Db<'_>, profile: NewCampaignProfile<'_>) -> Result<(), Error> {
    let account = profile.account;
    let present = |contact: &Option<String>| contact.as_ref().is_some_and(|text| !text.is_empty());
    let values = [
        profile.platform.name().into(),
        account.id.into(),
        profile.updated_by.into(),
        present(&account.email).into(),
        present(&account.phone).into(),
        account.gender.clone().into(),
        profile.location.into(),
        account.languages.clone().into(),
    ];
    let sql = include_str!("create_missing_campaign_profile.sql");
    tx.execute_raw(Statement::from_sql_and_values(DbBackend::Postgres, sql, values)).await?;
    Ok(())
}

/// The details of an account's campaign profile, unmasked.
pub async fn details(tx: &Db<'_>, (platform, id): (Platform, i64)) -> Result<Details, Error> {
    let sql = "SELECT admin_details, user_details FROM campaign_profiles \
               WHERE platform = $1 AND platform_account_id = $2";
    let values = [platform.name().into(), id.into()];
    let statement = Statement::from_sql_and_values(DbBackend::Postgres, sql, values);
    let Some(row) = tx.query_one_raw(statement).await? else {
        return Ok(Details::default());
    };
    Ok(Details { admin: row.try_get("", "admin_details")?, user: row.try_get("", "user_details")? })
}
