//! The most used hashtags of every account.

use clickhouse::Client;

use super::{BATCH, Owner, execute, json};
use crate::core::error::Error;
use crate::import::entity::Hashtags;

const HASHTAGS: &str = include_str!("../../modules/warehouse/sql/account_hashtags.sql");

/// Writes the hashtags of all observed accounts.
pub(in crate::import) async fn write_hashtags(
    owner: &Owner,
    clickhouse: &Client,
) -> Result<(), Error> {
    let sql = format!("SELECT ?fields FROM ({HASHTAGS})");
    let mut cursor = clickhouse.query(&sql).fetch::<Hashtags>()?;
    let mut batch = Vec::with_capacity(BATCH);
    while let Some(hashtags) = cursor.next().await? {
        batch.push(hashtags);
        if batch.len() == BATCH {
            write(owner, &batch).await?;
            batch.clear();
        }
    }
    write(owner, &batch).await
}

async fn write(owner: &Owner, batch: &[Hashtags]) -> Result<(), Error> {
    let tx = owner.begin().await?;
    execute(&owner.db(&tx), include_str!("update_hashtags.sql"), [json(&batch)?]).await?;
    Ok(tx.commit().await?)
}
