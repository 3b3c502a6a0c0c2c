//! The copy of PostgreSQL's accounts that the derivations join with.

use std::collections::BTreeMap;

use clickhouse::inserter::Inserter;
use clickhouse::{Client, Row};
use sea_orm::ConnectionTrait as _;
use serde::{Deserialize, Deserializer, Serialize};
use serde_json::Value;

use super::statement;
use crate::core::error::Error;
use crate::core::stores::Stores;

const TABLE: &str = "accounts";
/// Accounts of one read.
const PAGE: i64 = 1_000;
/// Accounts of one INSERT.
const BATCH_ROWS: u64 = 50_000;

/// One account: as PostgreSQL's JSON, and as a row of ClickHouse.
#[derive(Debug, Row, Serialize, Deserialize)]
struct Account {
    #[serde(default)]
    generation: u64,
    platform: String,
    platform_id: String,
    account_id: i64,
    handle: Option<String>,
    name: Option<String>,
    search_phrase: Option<String>,
    category: Option<String>,
    language: Option<String>,
    country: Option<String>,
    profile_type: Option<String>,
    followers: Option<i64>,
    linked_platform_id: String,
    #[serde(deserialize_with = "shares")]
    audience_gender: BTreeMap<String, f64>,
    #[serde(deserialize_with = "shares")]
    audience_age: BTreeMap<String, f64>,
    #[serde(deserialize_with = "shares_by_gender")]
    audience_age_gender: BTreeMap<String, BTreeMap<String, f64>>,
}

/// Copies the accounts that are in use now.
pub(in crate::modules::warehouse) async fn copy_accounts(
    stores: &Stores,
    client: &Client,
    generation: u64,
) -> Result<(), Error> {
    let mut inserter = client.inserter::<Account>(TABLE).with_max_rows(BATCH_ROWS);
    for page in
        [include_str!("../sql/instagram_accounts.sql"), include_str!("../sql/youtube_accounts.sql")]
    {
        copy_pages(stores, page, generation, &mut inserter).await?;
    }
    inserter.end().await?;
    Ok(())
}

async fn copy_pages(
    stores: &Stores,
    page: &str,
    generation: u64,
    inserter: &mut Inserter<Account>,
) -> Result<(), Error> {
    let mut last = 0_i64;
    loop {
        let rows = stores.db().query_all_raw(statement(page, [last, PAGE])).await?;
        if rows.is_empty() {
            return Ok(());
        }
        for row in rows {
            let account: Account = serde_json::from_value(row.try_get_by_index(0)?)
                .map_err(|error| Error::internal("postgresql", error))?;
            let account = Account { generation, ..account };
            last = account.account_id;
            inserter.write(&account).await?;
        }
        inserter.commit().await?;
    }
}

/// The numbers of a JSON object; anything else is no share.
fn shares<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, f64>, D::Error> {
    Ok(numbers(&Value::deserialize(deserializer)?))
}

fn shares_by_gender<'de, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<BTreeMap<String, BTreeMap<String, f64>>, D::Error> {
    let value = Value::deserialize(deserializer)?;
    let genders = value.as_object().into_iter().flatten();
    Ok(genders.map(|(gender, shares)| (gender.clone(), numbers(shares))).collect())
}

fn numbers(value: &Value) -> BTreeMap<String, f64> {
    let members = value.as_object().into_iter().flatten();
    members.filter_map(|(key, share)| Some((key.clone(), share.as_f64()?))).collect()
}
