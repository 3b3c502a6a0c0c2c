//! What collections have come to.

use std::time::Duration;

use chrono::Utc;

use super::super::dto::{CollectionPointOut, CollectionSummaryData};
use super::super::manager::asked::{Takes, asked};
use super::super::manager::{series, summary};
use super::AnalyticsService;
use super::select::select;
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{
    CollectionMetricsService, CollectionType, Measured, PostFilters, Rollup, Window,
};
use crate::modules::post_collection::PostCollectionService;

/// Longest wait for the weekly numbers.
const WEEKLY: Duration = Duration::from_secs(15);

impl AnalyticsService {
    /// The summary of the collections that are asked for, with their weekly numbers where ClickHouse gives
    /// them in time.
    ///
    /// # Errors
    /// `invalid collection type`, `invalid collection`, `invalid Request`, those of a selector.
    pub async fn summary(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<CollectionSummaryData, Error> {
        let asked = asked(&list.filters, Takes::default())?;
        let kind = asked.kind;
        let reading = unit.apart();
        let selected = select(&reading, kind, &asked.selector).await?.some()?;
        let ids = selected.ids();
        let filters = selected.narrow(asked.filters);
        let measured = Measured { kind, ids: &ids, filters: &filters };
        let sums = CollectionMetricsService.summary(&selected.rows, measured).await?;
        let now = Utc::now();
        let mut notice = None;
        if kind == CollectionType::Post {
            let every = Measured { filters: &PostFilters::default(), ..measured };
            let known = match filters.is_empty() {
                true => sums.total_posts,
                false => CollectionMetricsService.summary(&selected.rows, every).await?.total_posts,
            };
            let (items, newest) = PostCollectionService.reported(&selected.rows, &ids).await?;
            notice = summary::notice(items - known, newest, now);
        }
        let limits: Vec<_> = selected.collections.iter().map(|one| one.limits).collect();
        let budgets = selected.collections.iter().filter_map(|one| one.budget);
        let budget = budgets.fold(0, i64::saturating_add);
        let first = selected.collections.into_iter().next();
        let about = first.map(|first| summary::About {
            collection_id: first.id,
            budget,
            disabled_metrics: first.disabled_metrics,
            metadata: selected.group.unwrap_or(first.metadata),
        });
        reading.commit().await?;
        let window = series::window(kind, &limits, (now, unit.stores().config.app.time_zone));
        let weekly_metrics = weekly(unit, measured, window).await;
        let data = summary::summary(kind, &sums, about.unwrap_or_default(), notice);
        Ok(CollectionSummaryData { weekly_metrics, ..data })
    }
}

/// None where there is none, and where ClickHouse fails or takes longer than the answer can wait.
async fn weekly(
    unit: &UnitOfWork,
    measured: Measured<'_>,
    window: Window,
) -> Option<Vec<CollectionPointOut>> {
    let left = unit.remaining();
    let limit = WEEKLY.min(left.saturating_sub(left / 5));
    let asking = CollectionMetricsService.series(unit, measured, window, Rollup::Weekly);
    match tokio::time::timeout(limit, asking).await {
        Ok(Ok(steps)) if steps.is_empty() => None,
        Ok(Ok(steps)) => Some(series::plain(&steps, Rollup::Weekly)),
        Ok(Err(error)) => {
            tracing::warn!(%error, "a summary goes without its weekly numbers");
            None
        }
        Err(_) => {
            tracing::warn!("a summary goes without its weekly numbers: they take too long");
            None
        }
    }
}
