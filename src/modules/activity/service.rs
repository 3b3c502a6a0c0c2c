//! What an account did.

use chrono_tz::Tz;

use super::dao;
use super::dto::ActivitiesOut;
use super::entity::Model;
use super::manager::{self, CollectionTotals, Totals};
use crate::core::config::Config;
use crate::core::envelope::{LISTED, RETRIEVED, Success as _};
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{CollectionMetricsService, CollectionType};
use crate::modules::keyword_collection::KeywordCollectionService;
use crate::modules::post_collection::PostCollectionService;
use crate::modules::usage::Activity;

/// The log of activities, as it is read.
#[derive(Debug, Clone)]
pub struct ActivityService {
    zone: Tz,
}

impl ActivityService {
    /// Days begin in the configured business zone.
    pub fn new(config: &Config) -> Self {
        Self { zone: config.app.time_zone }
    }

    /// A page of the caller's own activities.
    ///
    /// # Errors
    /// `invalid Request`, a store error.
    pub async fn activities(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<ActivitiesOut, Error> {
        let (_, account_id) = unit.caller().user()?;
        let clauses = manager::clauses(&list.filters, self.zone)?;
        let sort = manager::sort(list.sort_by.as_deref(), list.sort_dir.as_deref())?;
        let paging = list.paging("", [sort.kind])?;
        let tenant = unit.tenant().await?;
        let found = dao::page(&tenant, account_id, &clauses, (sort, &paging)).await?;
        let totals = shown_totals(unit, &found.rows).await;
        Ok(ActivitiesOut::page(LISTED, found.map(|row| manager::activity(row, &totals))))
    }

    /// One of the caller's own activities; any for the platform's own partner.
    ///
    /// # Errors
    /// `invalid Record Id - {id}`, a store error.
    pub async fn activity(&self, unit: &UnitOfWork, id: &str) -> Result<ActivitiesOut, Error> {
        let (_, account_id) = unit.caller().user()?;
        let invalid = || Error::invalid_record(id);
        let number = id.parse().map_err(|_| invalid())?;
        let account = Some(account_id).filter(|_| !unit.caller().is_admin());
        let row = dao::find(&unit.tenant().await?, number, account).await?;
        let row = row.ok_or_else(invalid)?;
        let totals = shown_totals(unit, std::slice::from_ref(&row)).await;
        Ok(ActivitiesOut::one(RETRIEVED, manager::activity(row, &totals)))
    }
}

/// The present totals of the rows' collections, where those can be read.
async fn shown_totals(unit: &UnitOfWork, rows: &[Model]) -> CollectionTotals {
    totals(unit, rows).await.unwrap_or_else(|error| {
        tracing::warn!(%error, "activities are shown as they were stored");
        CollectionTotals::default()
    })
}

async fn post_totals(unit: &UnitOfWork, ids: &[String]) -> Result<Vec<(String, Totals)>, Error> {
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let rows = unit.tenant().await?;
    let found = PostCollectionService.find(&rows, ids).await?;
    let metrics = CollectionMetricsService;
    let summaries = metrics.summaries(&rows, CollectionType::Post, ids).await?;
    let totals = found.into_iter().map(|collection| {
        let (posts, reach) = summaries
            .get(&collection.id)
            .map_or((0, 0), |summary| (summary.total_posts, summary.counters.reach));
        (collection.id, Totals { partner_id: collection.partner_id, posts, reach })
    });
    Ok(totals.collect())
}

async fn totals(unit: &UnitOfWork, rows: &[Model]) -> Result<CollectionTotals, Error> {
    let posts = manager::collection_ids(rows, Activity::CampaignReport);
    let posts = post_totals(unit, &posts).await?.into_iter().map(|(id, totals)| {
        let key = (Activity::CampaignReport, id);
        (key, totals)
    });
    let reports = manager::collection_ids(rows, Activity::TopicResearch);
    let reports = KeywordCollectionService::totals(unit, &reports).await?;
    let reports = reports.into_iter().map(|total| {
        let key = (Activity::TopicResearch, total.id);
        (key, Totals { partner_id: total.partner_id, posts: total.posts, reach: total.reach })
    });
    Ok(posts.chain(reports).collect())
}
