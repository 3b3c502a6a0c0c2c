//! Campaign profiles of accounts that have none.

use std::collections::HashMap;

use sea_orm::{ConnectionTrait, DbBackend, FromQueryResult as _, QueryResult, Statement, Value};

use super::super::dto::{NewProfile, StoredDetails};
use super::super::entity::Model;
use crate::core::db::Db;
use crate::core::error::Error;
use crate::core::types::{CampaignPlatform, Platform};

/// What staff and the creator entered before they entered anything, in the place of `default_details`.
const DEFAULT_DETAILS: &str = r#"'{"isBlacklisted": false, "whatsappOptIn": false}'::jsonb,
    '{"whatsappOptIn": false, "ekycPending": false, "instantGratificationInvited": false,
      "amazonStoreLinkVerified": false}'::jsonb"#;

/// Stores the campaign profiles where there are none; the details that they have, by account. One that another
/// transaction stores meanwhile is left out.
pub async fn missing(
    tx: &Db<'_>,
    platform: Platform,
    profiles: &[NewProfile],
) -> Result<HashMap<i64, StoredDetails>, Error> {
    let json = serde_json::to_string(profiles);
    let json = json.map_err(|error| Error::internal("campaign profile", error))?;
    let values = [platform.name().into(), json.into()];
    // For one account and for hundreds, so it is planned each time.
    let tx = tx.planned_by_values();
    let rows = tx.query_all_raw(statement(include_str!("create_missing.sql"), values)).await?;
    let details = |row: &QueryResult| {
        let admin = row.try_get("", "admin_details")?;
        let user = row.try_get("", "user_details")?;
        Ok((row.try_get("", "account_id")?, StoredDetails { admin, user }))
    };
    rows.iter().map(details).collect()
}

/// Gives accounts of one platform campaign profiles, by the accounts' ids; one that another transaction
/// stored meanwhile counts.
pub async fn of_accounts(
    tx: &Db<'_>,
    platform: Platform,
    (ids, updated_by): (Vec<i64>, String),
) -> Result<Vec<(i64, i64)>, Error> {
    let table = match platform {
        Platform::Instagram => "instagram_account",
        Platform::Youtube => "youtube_account",
    };
    let sql = include_str!("create_of_accounts.sql").replace("account_table", table);
    let values = [ids.into(), platform.name().into(), updated_by.into()];
    let rows = tx.query_all_raw(statement(&sql, values)).await?;
    let pair =
        |row: &QueryResult| Ok((row.try_get("", "platform_account_id")?, row.try_get("", "id")?));
    rows.iter().map(pair).collect()
}

/// Gives accounts of one platform campaign profiles that say nothing yet.
pub async fn bare(tx: &Db<'_>, platform: Platform, ids: Vec<i64>) -> Result<(), Error> {
    let values = [platform.name().into(), ids.into()];
    tx.execute_raw(statement(include_str!("create_bare.sql"), values)).await?;
    Ok(())
}

/// The profiles of these accounts, created where they are missing, until the commit changed by nobody else;
/// each with whether it is new. In no order.
pub async fn locked(
    tx: &Db<'_>,
    accounts: &[(CampaignPlatform, i64)],
    updated_by: &str,
) -> Result<Vec<(Model, bool)>, Error> {
    let (platforms, ids): (Vec<String>, Vec<i64>) =
        accounts.iter().map(|(platform, id)| (platform.name().to_owned(), *id)).unzip();
    let values = [platforms.into(), ids.into(), updated_by.to_owned().into()];
    let rows = tx.query_all_raw(statement(include_str!("create_locked.sql"), values)).await?;
    let read =
        |row: &QueryResult| Ok((Model::from_query_result(row, "")?, row.try_get("", "is_new")?));
    rows.iter().map(read).collect()
}

fn statement<const N: usize>(sql: &str, values: [Value; N]) -> Statement {
    let sql = sql.replace("default_details", DEFAULT_DETAILS);
    Statement::from_sql_and_values(DbBackend::Postgres, sql, values)
}
