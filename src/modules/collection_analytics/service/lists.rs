//! Profiles, posts, hashtags and keywords of collections.

use std::collections::HashMap;

use super::super::dto::{CollectionProfileMetrics, PostMetrics};
use super::super::manager::asked::{Asked, Selector, Takes, asked, kind};
use super::super::manager::entry;
use super::select::select;
use super::{AnalyticsService, unavailable};
use crate::core::error::Error;
use crate::core::query::{Direction, ListIn, Listed};
use crate::core::types::Platform;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::collection_metrics::{
    CollectionMetricsService, CollectionType, Measured, MeasuredProfile, PostFilters, Word,
    WordKind,
};
use crate::modules::post_collection::PostCollectionService;

/// A profile of which no id is known.
const MISSING: &str = "MISSING";
/// Order of a list that names none, or an unknown one.
const BY_REACH: &str = "reach";

impl AnalyticsService {
    /// A page of the profiles that posted.
    ///
    /// # Errors
    /// As [`AnalyticsService::summary`].
    pub async fn profiles(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<Listed<CollectionProfileMetrics>, Error> {
        let Asked { kind, selector, filters, .. } = asked(&list.filters, Takes::default())?;
        let (order, _) = (order(list)?, list.numbered()?);
        let selected = select(unit, kind, &selector).await?.some()?;
        let filters = selected.narrow(filters);
        let measured = Measured { kind, ids: &selected.ids(), filters: &filters };
        let metrics = CollectionMetricsService;
        let page = metrics.profiles(&selected.rows, measured, order, list.page).await?;
        let codes = self.codes(unit, &page.rows).await?;
        Ok(page.map(|row| {
            let code = key(&row).and_then(|key| codes.get(&key).cloned());
            entry::profile(kind, row, code)
        }))
    }

    /// A page of the posts.
    ///
    /// # Errors
    /// As [`AnalyticsService::summary`].
    pub async fn posts(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<Listed<PostMetrics>, Error> {
        let takes = Takes { bookmarks: true, series: false };
        let Asked { kind, selector, mut filters, bookmarked, .. } = asked(&list.filters, takes)?;
        let (order, _) = (order(list)?, list.numbered()?);
        let selected = select(unit, kind, &selector).await?.some()?;
        filters = selected.narrow(filters);
        let (rows, ids) = (selected.rows, selected.ids());
        let posts = PostCollectionService;
        if let Some(flag) = bookmarked
            && kind == CollectionType::Post
            && filters.items.is_none()
        {
            filters.items = Some(posts.bookmarked(&rows, &ids, flag).await?);
        }
        let measured = Measured { kind, ids: &ids, filters: &filters };
        let metrics = CollectionMetricsService;
        let page = metrics.posts(&rows, measured, order, list.page).await?;
        let items = page.rows.iter().filter_map(|row| row.post_collection_item_id);
        let marks = match kind {
            CollectionType::Post => posts.bookmarks(&rows, &ids, items.collect()).await?,
            CollectionType::Profile => HashMap::new(),
        };
        Ok(page.map(|row| {
            let mark = row.post_collection_item_id.and_then(|item| marks.get(&item).copied());
            entry::post(kind, row, mark)
        }))
    }

    /// The most frequent hashtags or keywords of collections of the kind `name`.
    ///
    /// # Errors
    /// `invalid collection type`, those of a selector; `analytics store unavailable` where ClickHouse has to
    /// count them and fails.
    pub async fn words(
        &self,
        unit: &UnitOfWork,
        (selector, name): (Selector, &str),
        words: WordKind,
    ) -> Result<Vec<Word>, Error> {
        let kind = kind(name)?;
        let metrics = CollectionMetricsService;
        let reading = unit.apart();
        let selected = select(&reading, kind, &selector).await?;
        let (ids, filters) = (selected.ids(), selected.narrow(PostFilters::default()));
        let measured = Measured { kind, ids: &ids, filters: &filters };
        if filters.is_empty() {
            return metrics.words(&selected.rows, measured, words).await;
        }
        reading.commit().await?;
        metrics.words_among(unit, measured, words).await.map_err(unavailable)
    }

    /// Profile codes of accounts, by platform and the platform's id, in one statement per platform.
    async fn codes(
        &self,
        unit: &UnitOfWork,
        rows: &[MeasuredProfile],
    ) -> Result<HashMap<(Platform, String), String>, Error> {
        let mut codes = HashMap::new();
        for platform in [Platform::Instagram, Platform::Youtube] {
            let of_platform = rows.iter().filter_map(key).filter(|(of, _)| *of == platform);
            let ids: Vec<String> = of_platform.map(|(_, id)| id).collect();
            let found = self.discovery.profile_codes(unit, platform, &ids).await?;
            codes.extend(found.into_iter().map(|(id, code)| ((platform, id), code)));
        }
        Ok(codes)
    }
}

fn order(list: &ListIn) -> Result<(&str, Direction), Error> {
    let direction = Direction::parse(list.sort_dir.as_deref())?;
    Ok((list.sort_by.as_deref().unwrap_or(BY_REACH), direction))
}

/// The platform's own id of a profile: on Instagram it outlives a change of the handle.
fn key(row: &MeasuredProfile) -> Option<(Platform, String)> {
    let platform = Platform::parse(&row.platform.to_uppercase())?;
    let id = match platform {
        Platform::Instagram => row.profile_social_id.clone()?,
        Platform::Youtube => row.profile_handle.clone(),
    };
    (!id.trim().is_empty() && id != MISSING).then_some((platform, id))
}
