//! The posts of partners' collections: how each stands, its daily values, hashtags and words.

use chrono::{DateTime, Utc};
use chrono_tz::Tz;

use super::super::dao;
use super::super::dao::collections::{self, Latest};
use super::super::entity::{DueCollection, Tracked};
use super::WarehouseService;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::error::Error;
use crate::core::jobs::JobRun;

/// A change that was stored this long before a measurement may have been committed after it.
const OVERLAP: chrono::Duration = chrono::Duration::minutes(10);

impl WarehouseService {
    /// Measures the posts of the collections that changed, or of which there are newer observations; the
    /// number of posts. Each collection is one transaction, so that a run that breaks off loses one at most,
    /// and the next one goes on. One that cannot be
    /// measured is set aside.
    ///
    /// # Errors
    /// A store fails; a collection could not be measured.
    pub async fn measure_collections(&self, run: &JobRun, zone: Tz) -> Result<u64, Error> {
        let Some(clickhouse) = &run.stores.clickhouse else { return Ok(0) };
        let observed_at = dao::observed(clickhouse).await?.observed_at;
        let since = match run.position().await? {
            Some(since) => since,
            None => collections::measured_last(&run.as_platform().write().await?).await? - OVERLAP,
        };
        let round = Round { run, clickhouse, zone, since, observed_at };
        let (mut posts, mut failed) = (0, None);
        loop {
            let unit = run.as_platform();
            let due = collections::due(&unit.write().await?, (since, observed_at, run.now)).await?;
            drop(unit);
            for collection in &due {
                match round.measure(collection).await {
                    Ok(measured) => posts += measured,
                    Err(error) => {
                        round.set_aside(collection, &error).await?;
                        failed.get_or_insert(error);
                    }
                }
            }
            if !collections::may_be_more(&due) {
                return failed.map_or(Ok(posts), Err);
            }
        }
    }
}

/// What one run measures by.
struct Round<'a> {
    run: &'a JobRun,
    clickhouse: &'a ClickHouse,
    zone: Tz,
    since: DateTime<Utc>,
    observed_at: DateTime<Utc>,
}

impl Round<'_> {
    /// Daily values first, then what follows from them: whoever reads in between sees new values of posts
    /// that are known already.
    async fn measure(&self, collection: &DueCollection) -> Result<u64, Error> {
        let Some(share_id) = &collection.share_id else { return self.forget(collection).await };
        let at = Utc::now();
        self.write_series(collection, at).await?;
        let words = collections::words(self.clickhouse, collection, at).await?;
        let unit = self.run.as_platform();
        let db = unit.write().await?;
        let mut latest = Latest::of(self.clickhouse, collection, (at, self.zone))?;
        let mut posts = 0;
        loop {
            let some = latest.next().await?;
            if some.is_empty() {
                break;
            }
            posts += some.len() as u64;
            collections::store_posts(&db, collection, (share_id, at), &some).await?;
        }
        collections::remove_posts(&db, collection, Some(at)).await?;
        collections::store_words(&db, collection, share_id, &words).await?;
        collections::record(&db, collection, (at, self.observed_at)).await?;
        self.run.reach(&db, Some(&self.since)).await?;
        unit.commit().await?;
        collections::remove_series(self.clickhouse, collection, Some(at)).await?;
        Ok(posts)
    }

    async fn write_series(
        &self,
        collection: &DueCollection,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let mut after = 0;
        loop {
            let unit = self.run.as_platform();
            let page = collections::tracked(&unit.write().await?, collection, after).await?;
            drop(unit);
            for platform in ["INSTAGRAM", "YOUTUBE"] {
                let some: Vec<&Tracked> =
                    page.iter().filter(|one| one.platform == platform).collect();
                if !some.is_empty() {
                    let tracked = (platform, some.as_slice());
                    collections::write_series(self.clickhouse, collection, tracked, at).await?;
                }
            }
            match page.last() {
                Some(last) if !collections::is_last(&page) => after = last.id,
                _ => return Ok(()),
            }
        }
    }

    /// While both stores answer, a collection that could not be measured is not due again before it changes
    /// or there are newer observations, so that it keeps no other one waiting.
    async fn set_aside(&self, collection: &DueCollection, error: &Error) -> Result<(), Error> {
        self.clickhouse.ping().await?;
        let DueCollection { collection_type, collection_id, .. } = collection;
        tracing::error!(%error, collection_type, collection_id, "a collection is not measured");
        let unit = self.run.as_platform();
        let at = (Utc::now(), self.observed_at);
        collections::record(&unit.write().await?, collection, at).await?;
        unit.commit().await?;
        Ok(())
    }

    async fn forget(&self, collection: &DueCollection) -> Result<u64, Error> {
        collections::remove_series(self.clickhouse, collection, None).await?;
        let unit = self.run.as_platform();
        let db = unit.write().await?;
        collections::remove_posts(&db, collection, None).await?;
        collections::forget(&db, collection).await?;
        unit.commit().await?;
        Ok(0)
    }
}
