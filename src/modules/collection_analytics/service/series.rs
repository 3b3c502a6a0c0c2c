//! Series of collections.

use chrono::Utc;

use super::super::dto::CollectionSeriesData;
use super::super::manager::asked::{Asked, Takes, asked};
use super::super::manager::series;
use super::select::{Selected, select};
use super::{AnalyticsService, unavailable};
use crate::core::error::Error;
use crate::core::query::ListIn;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{CollectionMetricsService, Measured, PostFilters};

const TAKES: Takes = Takes { bookmarks: false, series: true };

impl AnalyticsService {
    /// What the posts of collections came to day by day or week by week.
    ///
    /// # Errors
    /// As [`AnalyticsService::summary`]; `analytics store unavailable` while ClickHouse fails.
    pub async fn series(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<CollectionSeriesData, Error> {
        let Asked { kind, selector, filters, rollup, .. } = asked(&list.filters, TAKES)?;
        let reading = unit.apart();
        let selected = select(&reading, kind, &selector).await?.some()?;
        let filters = selected.narrow(filters);
        let ids = selected.ids();
        let limits: Vec<_> = selected.collections.iter().map(|one| one.limits).collect();
        reading.commit().await?;
        let zone = unit.stores().config.app.time_zone;
        let window = series::window(kind, &limits, (Utc::now(), zone));
        let measured = Measured { kind, ids: &ids, filters: &filters };
        let steps = CollectionMetricsService.series(unit, measured, window, rollup).await;
        Ok(CollectionSeriesData {
            time_series: series::rising(steps.map_err(unavailable)?, rollup),
        })
    }

    /// The clicks on links of the last days, day by day or week by week.
    ///
    /// # Errors
    /// As [`AnalyticsService::series`].
    pub async fn clicks(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<CollectionSeriesData, Error> {
        let Asked { kind, selector, mut filters, rollup, .. } = asked(&list.filters, TAKES)?;
        let reading = unit.apart();
        let selected = select(&reading, kind, &selector).await?.some()?;
        filters = selected.narrow(filters);
        let ids = selected.ids();
        filters.short_codes =
            codes(&selected, Measured { kind, ids: &ids, filters: &filters }).await?;
        reading.commit().await?;
        let window = series::last_days(Utc::now(), unit.stores().config.app.time_zone);
        let measured = Measured { kind, ids: &ids, filters: &filters };
        let steps = CollectionMetricsService.clicks(unit, measured, window, rollup).await;
        Ok(CollectionSeriesData {
            time_series: series::clicks(&steps.map_err(unavailable)?, rollup),
        })
    }
}

/// The clicks know short codes and handles alone: other conditions choose among the measured posts.
async fn codes(
    selected: &Selected<'_>,
    measured: Measured<'_>,
) -> Result<Option<Vec<String>>, Error> {
    let PostFilters { handles, short_codes, .. } = measured.filters.clone();
    let known = PostFilters { handles, short_codes, ..PostFilters::default() };
    if *measured.filters == known {
        return Ok(known.short_codes);
    }
    CollectionMetricsService.short_codes(&selected.rows, measured).await.map(Some)
}
