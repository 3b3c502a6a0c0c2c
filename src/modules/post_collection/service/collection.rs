//! Collections that are there.

use std::collections::HashMap;

use super::super::dao::collection as dao;
use super::super::dto::{CollectionFields, PostCollectionIn, PostCollectionsOut};
use super::super::entity::collection::{Entity, Model};
use super::super::manager::SAAS;
use super::super::manager::collection as manager;
use super::PostCollectionEditor;
use crate::core::envelope::{LISTED, RETRIEVED, Success as _, UPDATED};
use crate::core::error::Error;
use crate::core::query::{ListIn, Listed};
use crate::core::share;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{CollectionMetricsService, CollectionType};

/// Posts of a collection that a list shows.
const TOP_POSTS: i64 = 5;

impl PostCollectionEditor {
    /// A collection.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn get(&self, unit: &UnitOfWork, id: String) -> Result<PostCollectionsOut, Error> {
        let row = unit.tenant().await?.row::<Entity>(id).await?;
        Ok(PostCollectionsOut::one(RETRIEVED, manager::entry(row)))
    }

    /// A collection as anybody sees it by its share id.
    ///
    /// # Errors
    /// `record not found`.
    pub async fn shared(
        &self,
        unit: &UnitOfWork,
        share_id: &str,
    ) -> Result<PostCollectionsOut, Error> {
        let (row, _) = share::open::<Entity>(unit, share_id).await?;
        Ok(PostCollectionsOut::one(RETRIEVED, manager::entry(row).shared()))
    }

    /// Changes a collection; absent members stay. A file adds posts to a `SAAS` one.
    ///
    /// # Errors
    /// `invalid Record Id`, a change that may not be; the job that adds posts could not be created, then
    /// the rest of the change stays.
    pub async fn update(
        &self,
        unit: &UnitOfWork,
        id: String,
        change: PostCollectionIn,
    ) -> Result<PostCollectionsOut, Error> {
        manager::check_change(&change)?;
        let Some(asset) = change.items_asset_id else {
            apply(unit, id, change).await?;
            return Ok(PostCollectionsOut::changed());
        };
        unit.take_key().await?;
        let first = unit.apart();
        let row = apply(&first, id, change).await?;
        first.commit().await?;
        if row.enabled && row.source == SAAS {
            let job = self.start_job(unit, &row, asset).await?;
            let second = unit.apart();
            dao::set_job(&second.tenant().await?, row.id, job).await?;
            second.commit().await?;
        }
        Ok(PostCollectionsOut::changed())
    }

    /// Gives a collection a new share id.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn renew(&self, unit: &UnitOfWork, id: String) -> Result<PostCollectionsOut, Error> {
        let row = unit.tenant().await?.renew_share_id::<Entity>(id).await?;
        Ok(PostCollectionsOut::one(UPDATED, manager::entry(row)))
    }

    /// Removes a collection.
    ///
    /// # Errors
    /// `invalid Record Id`.
    pub async fn remove(&self, unit: &UnitOfWork, id: String) -> Result<PostCollectionsOut, Error> {
        dao::remove(&unit.tenant().await?, id).await?;
        Ok(PostCollectionsOut::changed())
    }

    /// A page of the caller's own collections.
    ///
    /// # Errors
    /// A filter or an order that is none of theirs.
    pub async fn search(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<PostCollectionsOut, Error> {
        let own = unit.tenant().await?.own();
        let Listed { rows, total, next } =
            unit.list_of::<Entity, CollectionFields>(&own, list).await?;
        let measured: Vec<String> =
            rows.iter().filter(|row| row.source == SAAS).map(|row| row.id.clone()).collect();
        let metrics = CollectionMetricsService;
        let mut summaries = metrics.summaries(&own, CollectionType::Post, &measured).await?;
        let has_summary: Vec<String> = summaries.keys().cloned().collect();
        let mut top =
            metrics.top_posts(&own, CollectionType::Post, &has_summary, (TOP_POSTS, None)).await?;
        let unmeasured = rows.iter().filter(|row| !summaries.contains_key(&row.id));
        let counted = dao::posts(&own, unmeasured.map(|row| row.id.clone()).collect()).await?;
        let counted: HashMap<_, _> = counted.into_iter().collect();
        let rows = rows.into_iter().map(|row| {
            let found = (summaries.remove(&row.id), top.remove(&row.id));
            manager::listed(row, found, &counted)
        });
        let page = Listed { rows: rows.collect(), total, next };
        Ok(PostCollectionsOut::page(LISTED, page))
    }
}

async fn apply(unit: &UnitOfWork, id: String, change: PostCollectionIn) -> Result<Model, Error> {
    let tenant = unit.tenant().await?;
    if manager::has_one_end(&change) {
        manager::check_window_of(&dao::to_change(&tenant, &id).await?, &change)?;
    } else {
        manager::check_window(change.start_time, change.end_time)?;
    }
    dao::update(&tenant, id, change).await
}
