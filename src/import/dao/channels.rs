//! Channels: from observations to accounts.

use std::collections::BTreeMap;

use clickhouse::Client;

use super::{BATCH, Owner, Written, execute, json, objects};
use crate::core::error::Error;
use crate::core::types::Platform;
use crate::import::accounts::youtube::{Stored, merge};
use crate::import::entity::Totals;
use crate::modules::campaign::service as campaign;

const TOTALS: &str = include_str!("../../modules/warehouse/sql/account_totals.sql");

/// Writes the accounts of all observed channels.
pub(in crate::import) async fn write_channels(
    owner: &Owner,
    clickhouse: &Client,
    mut written: impl FnMut(Written),
) -> Result<(), Error> {
    let sql = format!("SELECT ?fields FROM ({TOTALS})");
    let mut cursor = clickhouse.query(&sql).fetch::<Totals>()?;
    let mut batch = BTreeMap::new();
    while let Some(totals) = cursor.next().await? {
        batch.insert(totals.platform_id.clone(), totals);
        if batch.len() == BATCH {
            written(write(owner, &batch).await?);
            batch.clear();
        }
    }
    written(write(owner, &batch).await?);
    Ok(())
}

async fn write(owner: &Owner, batch: &BTreeMap<String, Totals>) -> Result<Written, Error> {
    let keys: Vec<String> = batch.keys().cloned().collect();
    let tx = owner.begin().await?;
    let db = owner.db(&tx);
    let created = execute(&db, include_str!("create_channels.sql"), [keys.clone().into()]).await?;
    let stored: Vec<Stored> =
        objects(&db, include_str!("stored_channels.sql"), [keys.into()]).await?;
    let ids = stored.iter().map(|row| row.id).collect();
    campaign::create_bare(&db, Platform::Youtube, ids).await?;
    let merged = stored.into_iter().filter_map(|stored| {
        let totals = batch.get(&stored.channel_id)?;
        merge(stored, totals)
    });
    let rows: Vec<_> = merged.collect();
    let written = execute(&db, include_str!("update_channels.sql"), [json(&rows)?]).await?;
    tx.commit().await?;
    Ok(Written::new(batch.len(), created, written))
}
