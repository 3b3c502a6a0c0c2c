//! The copy of PostgreSQL's accounts that the derivations join with.

use clickhouse::inserter::Inserter;
use sea_orm::ConnectionTrait as _;

use super::statement;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::modules::warehouse::entity::Account;

const TABLE: &str = "accounts";
/// Accounts of one read.
const PAGE: i64 = 1_000;
/// Accounts of one INSERT.
const BATCH_ROWS: u64 = 50_000;

/// Copies the accounts that are in use now.
pub(in crate::modules::warehouse) async fn copy_accounts(
    stores: &Stores,
    clickhouse: &ClickHouse,
    generation: u64,
) -> Result<(), Error> {
    let mut inserter = clickhouse.client().inserter::<Account>(TABLE).with_max_rows(BATCH_ROWS);
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
            let mut account: Account = serde_json::from_value(row.try_get_by_index(0)?)
                .map_err(|error| Error::internal("postgresql", error))?;
            account.generation = generation;
            last = account.account_id;
            inserter.write(&account).await?;
        }
        inserter.commit().await?;
    }
}
