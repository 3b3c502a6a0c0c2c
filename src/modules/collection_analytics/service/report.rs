//! The sentiment of comments, from a report of the data plane.

use super::super::dao;
use super::super::dto::{CollectionSentimentOut, CollectionSentimentsData};
use super::super::manager::asked::{Selector, invalid_collection, kind, selector, value};
use super::select::select;
use super::{AnalyticsService, unavailable};
use crate::core::error::{Code, Error};
use crate::core::query::ListIn;
use crate::core::report_file::ReportFile;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{CollectionType, float, per};

impl AnalyticsService {
    /// How the comments on the posts of a collection are meant.
    ///
    /// # Errors
    /// `invalid collection type` without a type; `collection not found for the given id` for anything but a
    /// post collection that the caller may see; `invalid Collection` for a group or no selector;
    /// `record not found` for a share id; `sentiment report not available`; `invalid report file`;
    /// `analytics store unavailable` while ClickHouse fails.
    pub async fn sentiments(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<CollectionSentimentsData, Error> {
        let name = value(&list.filters, "collectionType");
        if name.is_none() {
            kind("")?;
        }
        if name != Some(CollectionType::Post.name()) {
            return Err(not_found());
        }
        let selector = match selector(&list.filters) {
            Some(one @ (Selector::Collection(_) | Selector::Shared(_))) => one,
            _ => return Err(Error::refused(Code::InvalidValue, "invalid Collection")),
        };
        let reading = unit.apart();
        let selected = select(&reading, CollectionType::Post, &selector).await;
        let selected =
            selected.map_err(|error| match error.public() == invalid_collection().public() {
                true => not_found(),
                false => error,
            })?;
        let report = selected.collections.into_iter().next().and_then(|one| one.report);
        reading.commit().await?;
        let missing = || Error::refused(Code::NotFound, "sentiment report not available");
        let (bucket, path) = report.ok_or_else(missing)?;
        let report = ReportFile::new(&unit.stores().config.storage, &bucket, &path)?;
        let rows = dao::sentiments(unit, &report).await.map_err(unavailable)?;
        let count = |rows: u64| i64::try_from(rows).unwrap_or(i64::MAX);
        let total = rows.iter().map(|row| count(row.rows)).sum();
        let sentiments = rows.into_iter().map(|row| CollectionSentimentOut {
            post_percentage: per(100.0 * float(count(row.rows)), total).unwrap_or_default(),
            kind: row.sentiment,
        });
        Ok(CollectionSentimentsData { sentiments: sentiments.collect() })
    }
}

fn not_found() -> Error {
    Error::not_found("collection not found for the given id")
}
