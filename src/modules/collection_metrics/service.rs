//! What other modules ask about measured posts.

use std::collections::HashMap;

use super::dao::{posts, series, summary, words};
use super::dto::{CollectionType, Measured, PostFilters, Rollup, Window, WordKind};
use super::entity::{
    ClicksPoint, DailyViews, MeasuredPost, MeasuredProfile, SeriesPoint, Summary, Word,
};
use crate::core::db::TenantDb;
use crate::core::error::Error;
use crate::core::query::{Direction, Listed, Page};
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;

/// Most hashtags or keywords of an answer.
const WORDS: i64 = 100;

/// Metrics of collections. `rows` is the view in which the caller looked the collections up: a collection
/// outside of it has no metrics.
#[derive(Debug, Clone, Copy, Default)]
pub struct CollectionMetricsService;

impl CollectionMetricsService {
    /// What the posts of each of these collections have come to, in one statement; a collection without
    /// measured posts has no entry.
    ///
    /// # Errors
    /// A store error; `invalid Request` for an id of a profile collection that is no number.
    pub async fn summaries(
        &self,
        rows: &TenantDb<'_>,
        kind: CollectionType,
        ids: &[String],
    ) -> Result<HashMap<String, Summary>, Error> {
        if ids.is_empty() {
            return Ok(HashMap::new());
        }
        let measured = Measured { kind, ids, filters: &PostFilters::default() };
        let found = summary::by_collection(rows, measured).await?;
        Ok(found.into_iter().map(|one| (one.collection_id, one.summary)).collect())
    }

    /// What these posts have come to together.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::summaries`].
    pub async fn summary(
        &self,
        rows: &TenantDb<'_>,
        measured: Measured<'_>,
    ) -> Result<Summary, Error> {
        summary::together(rows, measured).await
    }

    /// The `most` posts with the highest reach of each of these collections, in their order, in one
    /// statement, those of one platform if one is named; a collection without such posts has no entry.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::summaries`].
    pub async fn top_posts(
        &self,
        rows: &TenantDb<'_>,
        kind: CollectionType,
        ids: &[String],
        which: (i64, Option<Platform>),
    ) -> Result<HashMap<String, Vec<MeasuredPost>>, Error> {
        let mut top: HashMap<String, Vec<MeasuredPost>> = HashMap::new();
        if ids.is_empty() {
            return Ok(top);
        }
        let measured = Measured { kind, ids, filters: &PostFilters::default() };
        for post in posts::top(rows, measured, which).await? {
            top.entry(post.collection_id.clone()).or_default().push(post);
        }
        Ok(top)
    }

    /// Views of posts of a collection on their first `days` days each, from ClickHouse, which knows no
    /// partners: the caller looked the collection up. A post that was never observed has no entry.
    ///
    /// # Errors
    /// The store fails or takes too long.
    pub async fn daily_views(
        &self,
        unit: &UnitOfWork,
        (kind, id): (CollectionType, &str),
        codes: &[String],
        days: i64,
    ) -> Result<Vec<DailyViews>, Error> {
        if codes.is_empty() {
            return Ok(Vec::new());
        }
        series::daily_views(unit, (kind, id), codes, days).await
    }

    /// A page of the profiles of these posts, by one of `views, plays, likes, er`, else by reach.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::summaries`].
    pub async fn profiles(
        &self,
        rows: &TenantDb<'_>,
        measured: Measured<'_>,
        order: (&str, Direction),
        page: Page,
    ) -> Result<Listed<MeasuredProfile>, Error> {
        let (rows, total) = posts::profiles(rows, measured, order, page).await?;
        let next = page.next_cursor(rows.len());
        Ok(Listed { rows, total, next })
    }

    /// A page of these posts, ordered as [`CollectionMetricsService::profiles`] are.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::summaries`].
    pub async fn posts(
        &self,
        rows: &TenantDb<'_>,
        measured: Measured<'_>,
        order: (&str, Direction),
        page: Page,
    ) -> Result<Listed<MeasuredPost>, Error> {
        let (rows, total) = posts::posts(rows, measured, order, page).await?;
        let next = page.next_cursor(rows.len());
        Ok(Listed { rows, total, next })
    }

    /// The short codes of these posts.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::summaries`].
    pub async fn short_codes(
        &self,
        rows: &TenantDb<'_>,
        measured: Measured<'_>,
    ) -> Result<Vec<String>, Error> {
        posts::codes(rows, measured).await
    }

    /// The 100 most frequent hashtags or keywords of these collections, the most frequent first; filters do
    /// not apply.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::summaries`].
    pub async fn words(
        &self,
        rows: &TenantDb<'_>,
        measured: Measured<'_>,
        kind: WordKind,
    ) -> Result<Vec<Word>, Error> {
        words::stored(rows, measured, kind, WORDS).await
    }

    /// The same among the posts that pass the filters, from ClickHouse; `items` of the filters does not apply.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::series`].
    pub async fn words_among(
        &self,
        unit: &UnitOfWork,
        measured: Measured<'_>,
        kind: WordKind,
    ) -> Result<Vec<Word>, Error> {
        words::counted(unit, measured, kind, WORDS).await
    }

    /// Posts and their latest counts by day or week, from ClickHouse, which knows no partners: the caller
    /// looked the collections up. `items` of the filters does not apply.
    ///
    /// # Errors
    /// The store fails or takes too long.
    pub async fn series(
        &self,
        unit: &UnitOfWork,
        measured: Measured<'_>,
        window: Window,
        rollup: Rollup,
    ) -> Result<Vec<SeriesPoint>, Error> {
        series::posts(unit, measured, window, rollup).await
    }

    /// Clicks by day or week, from ClickHouse; of the filters handles and short codes apply.
    ///
    /// # Errors
    /// As [`CollectionMetricsService::series`].
    pub async fn clicks(
        &self,
        unit: &UnitOfWork,
        measured: Measured<'_>,
        window: Window,
        rollup: Rollup,
    ) -> Result<Vec<ClicksPoint>, Error> {
        series::clicks(unit, measured, window, rollup).await
    }
}
