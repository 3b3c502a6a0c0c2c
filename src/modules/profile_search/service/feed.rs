//! Carries the changes of accounts over to the search table.

use std::time::Duration;

use chrono::Utc;
use tokio_util::sync::CancellationToken;

use super::super::dao::{self, Rows};
use super::super::entity::Change;
use crate::core::db::SessionLock;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::stores::Stores;
use crate::core::types::Platform;

/// Key of the advisory lock of the one replica that carries changes over ("profsear" in hexadecimal).
const LOCK: i64 = 0x7072_6f66_7365_6172;
/// Changes of one insert.
const BATCH: u32 = 5_000;
/// Pause before it looks for changes again: what changed meanwhile is one insert.
const PAUSE: Duration = Duration::from_millis(250);
/// Pause after a failure, and before it is asked again whether another replica is gone.
const REST: Duration = Duration::from_secs(2);

/// Carries changes over until `stop`, in one replica at a time.
pub async fn feed(stores: Stores, stop: CancellationToken) {
    let Some(clickhouse) = stores.clickhouse.clone() else {
        stop.cancelled().await;
        return;
    };
    while !stop.is_cancelled() {
        let carried = tokio::select! {
            carried = carry(&stores, &clickhouse) => carried,
            () = stop.cancelled() => return,
        };
        if let Err(error) = carried {
            tracing::warn!(%error, "the search table does not follow the accounts");
        }
        tokio::select! {
            () = tokio::time::sleep(REST) => {}
            () = stop.cancelled() => {}
        }
    }
}

/// Returns at once while another replica carries them.
async fn carry(stores: &Stores, clickhouse: &ClickHouse) -> Result<(), Error> {
    let Some(mut lock) = SessionLock::try_take(stores.postgres.direct(), LOCK).await? else {
        return Ok(());
    };
    loop {
        lock.check().await?;
        let carried = step(stores, clickhouse).await?;
        if carried < BATCH as usize {
            tokio::time::sleep(PAUSE).await;
        }
    }
}

/// Carries one batch over; what breaks off is carried again, which changes nothing.
async fn step(stores: &Stores, clickhouse: &ClickHouse) -> Result<usize, Error> {
    let db = stores.db();
    let lag = dao::oldest(&db).await?.map_or(0.0, |at| (Utc::now() - at).as_seconds_f64());
    stores.metrics.profile_search.lag.set(lag.max(0.0));
    let changes = dao::take(&db, BATCH).await?;
    for platform in [Platform::Instagram, Platform::Youtube] {
        let of = |change: &&Change| change.platform == platform;
        let some: Vec<Change> = changes.iter().filter(of).copied().collect();
        if !some.is_empty() {
            let rows = (platform, Rows::Changed(&some));
            dao::copy(stores, clickhouse, rows, "profile_search_delta").await?;
        }
    }
    if !changes.is_empty() {
        dao::taken(&db, &changes).await?;
    }
    Ok(changes.len())
}
