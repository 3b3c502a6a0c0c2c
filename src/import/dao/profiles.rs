//! Instagram profiles: from rows of a file to accounts.

use std::collections::BTreeMap;

use chrono::NaiveDate;

use super::{Owner, Written, execute, json, objects};
use crate::core::error::Error;
use crate::core::types::Platform;
use crate::import::accounts::instagram::{Stored, merge};
use crate::import::instagram::Profile;
use crate::modules::campaign::service as campaign;

/// Writes the accounts of a batch of profiles by handle; also returns their `ig_id` by handle.
pub(in crate::import) async fn write_profiles(
    owner: &Owner,
    batch: &BTreeMap<String, Profile>,
    observed_on: NaiveDate,
) -> Result<(Written, BTreeMap<String, String>), Error> {
    let handles: Vec<String> = batch.keys().cloned().collect();
    let tx = owner.begin().await?;
    let db = owner.db(&tx);
    let created =
        execute(&db, include_str!("create_profiles.sql"), [handles.clone().into()]).await?;
    let stored: Vec<Stored> =
        objects(&db, include_str!("stored_profiles.sql"), [handles.into()]).await?;
    let ids = stored.iter().map(|row| row.id).collect();
    campaign::create_bare(&db, Platform::Instagram, ids).await?;
    let mut ig_ids = BTreeMap::new();
    let mut rows = Vec::with_capacity(stored.len());
    for stored in stored {
        ig_ids.insert(stored.wanted.clone(), stored.ig_id.clone());
        if let Some(profile) = batch.get(&stored.wanted) {
            rows.extend(merge(stored, profile, observed_on));
        }
    }
    let written = execute(&db, include_str!("update_profiles.sql"), [json(&rows)?]).await?;
    tx.commit().await?;
    Ok((Written::new(batch.len(), created, written), ig_ids))
}
