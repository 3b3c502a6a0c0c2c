//! Lists collections, and reads their reports.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use futures_util::{StreamExt as _, stream};

use super::super::dao::collection;
use super::super::dao::report::{Order, Report};
use super::super::dto::{
    KeywordCollectionOut, KeywordCollectionsOut, KeywordFields, ReportOut, ReportPostsOut,
    ReportProfilesOut, ReportStatus,
};
use super::super::entity::{Entity, Model, TokenRow};
use super::super::manager::{self, Counted, STOP_WORDS};
use super::KeywordCollectionService;
use super::collections::find;
use crate::core::db::clickhouse::ClickHouseSession;
use crate::core::envelope::{LISTED, Status, Success as _};
use crate::core::error::{Code, Error};
use crate::core::query::ListIn;
use crate::core::report_file::ReportFile;
use crate::core::types::{Platform, language_name};
use crate::core::unit_of_work::UnitOfWork;

/// Posts and profiles that are shown.
const TOP: u64 = 12;
/// Categories, and languages of a month, that are shown.
const CATEGORIES: u64 = 5;
/// Languages that are shown.
const LANGUAGES: u64 = 6;
/// Words that are shown.
const KEYWORDS: u64 = 50;
/// Reports of one list that are read at a time.
const AT_A_TIME: usize = 4;
/// Time that is left to a request after the reports of its list were read.
const RESERVE: Duration = Duration::from_secs(1);

impl KeywordCollectionService {
    /// A page of the partner's own collections, the last ones first, with what their reports have counted.
    ///
    /// # Errors
    /// A filter that is none.
    pub async fn search(
        &self,
        unit: &UnitOfWork,
        list: ListIn,
    ) -> Result<KeywordCollectionsOut, Error> {
        let sorted = |text: &str| Some(text.to_owned());
        let list = ListIn { sort_by: sorted("created_at"), sort_dir: sorted("DESC"), ..list };
        let reading = unit.apart();
        let tenant = reading.tenant().await?.own();
        let page = reading.list_of::<Entity, KeywordFields>(&tenant, &list).await?;
        reading.commit().await?;
        let counted = self.counted(unit, &page.rows).await?;
        let codes = self.codes(unit, &page.rows, &counted).await?;
        let caller = unit.caller();
        Ok(KeywordCollectionsOut::page(
            LISTED,
            page.map(|row| {
                let (status, platform) = (manager::status(&row), platform(&row));
                let report = counted.get(&row.id).zip(platform);
                let report =
                    report.map(|(counted, platform)| manager::partial(counted, platform, &codes));
                let entry = manager::entry(row, caller);
                KeywordCollectionOut { report_status: Some(status), report, ..entry }
            }),
        ))
    }

    /// The report of the collection that a filter names.
    ///
    /// # Errors
    /// `invalid collection`, `invalid Record Id`, `report not generated yet`, `unable to fetch …`.
    pub async fn report(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<KeywordCollectionsOut, Error> {
        let (row, platform) = named(unit, list).await?;
        let session = session(unit, "summary").await?;
        let file = open(unit, &row, &session).map_err(|error| unread(error, "summary"))?;
        let counted = Arc::new(count(&file).await?);
        let (buckets, words, categories, languages, monthly, audience) = tokio::join!(
            file.buckets(manager::is_by_week(&row)),
            words(&file, platform),
            file.categories(CATEGORIES),
            file.languages(LANGUAGES),
            file.monthly_languages(CATEGORIES),
            file.demography(),
        );
        let buckets = buckets.map_err(|error| unread(error, "monthly stats"))?;
        let words = words.map_err(|error| unread(error, "keywords"))?;
        let categories = categories.map_err(|error| unread(error, "categories"))?;
        let languages = languages.map_err(|error| unread(error, "languages"))?;
        let monthly = monthly.map_err(|error| unread(error, "monthly languages"))?;
        let audience = audience.map_err(|error| unread(error, "demography"))?;
        self.keep(unit, &[(&row, Arc::clone(&counted))]).await?;
        let found = HashMap::from([(row.id.clone(), counted)]);
        let codes = self.codes(unit, std::slice::from_ref(&row), &found).await?;
        let scores = match platform {
            Platform::Instagram => manager::scores_of_words(words),
            Platform::Youtube => manager::scores_of_keywords(words),
        };
        let language = |code: &str| language_name(code).to_owned();
        let report = ReportOut {
            top_keywords: scores,
            top_categories: manager::shares(&categories, CATEGORIES, str::to_owned),
            top_languages: manager::shares(&languages, LANGUAGES, language),
            top_languages_monthly: manager::monthly_shares(monthly, CATEGORIES, language),
            monthly_views: buckets.iter().map(|one| (one.start.clone(), one.reach)).collect(),
            monthly_uploads: buckets.into_iter().map(|one| (one.start, one.posts)).collect(),
            audience_age_gender: manager::age_gender(&audience.age_gender),
            audience_gender: manager::gender(&audience.gender),
            ..manager::partial(&found[&row.id], platform, &codes)
        };
        let entry = manager::entry(row, unit.caller());
        let report_status = Some(ReportStatus::Complete);
        Ok(KeywordCollectionsOut::one(
            LISTED,
            KeywordCollectionOut { report_status, report: Some(report), ..entry },
        ))
    }

    /// The first posts of a report.
    ///
    /// # Errors
    /// As [`Self::report`].
    pub async fn posts(&self, unit: &UnitOfWork, list: &ListIn) -> Result<ReportPostsOut, Error> {
        let (row, platform) = named(unit, list).await?;
        let session = session(unit, "posts").await?;
        let posts = async {
            let file = open(unit, &row, &session)?;
            file.top_posts(manager::order(list.sort_by.as_deref()), TOP).await
        };
        let posts = posts.await.map_err(|error| unread(error, "posts"))?;
        let posts: Vec<_> = posts.iter().map(|post| manager::post(post, platform)).collect();
        Ok(ReportPostsOut::of(Status::success(LISTED, posts.len() as i64), posts))
    }

    /// The first profiles of a report.
    ///
    /// # Errors
    /// As [`Self::report`].
    pub async fn profiles(
        &self,
        unit: &UnitOfWork,
        list: &ListIn,
    ) -> Result<ReportProfilesOut, Error> {
        let (row, platform) = named(unit, list).await?;
        let session = session(unit, "profiles").await?;
        let profiles = async {
            let file = open(unit, &row, &session)?;
            file.top_profiles(manager::order(list.sort_by.as_deref()), TOP).await
        };
        let profiles = profiles.await.map_err(|error| unread(error, "profiles"))?;
        let ids: Vec<String> = profiles.iter().map(|one| one.account_id.clone()).collect();
        let codes = self.discovery.profile_codes(unit, platform, &ids).await?;
        let profiles: Vec<_> =
            profiles.iter().map(|one| manager::profile(one, platform, &codes)).collect();
        Ok(ReportProfilesOut::of(Status::success(LISTED, profiles.len() as i64), profiles))
    }

    /// What the reports of these collections have counted, by collection; one that cannot be read in time
    /// lacks.
    async fn counted(
        &self,
        unit: &UnitOfWork,
        rows: &[Model],
    ) -> Result<HashMap<String, Arc<Counted>>, Error> {
        let complete: Vec<&Model> =
            rows.iter().filter(|row| manager::complete_report(row).is_some()).collect();
        let known = stream::iter(complete)
            .map(async |row| (row, self.cache.get(unit.stores(), &manager::report_key(row)).await));
        let known: Vec<_> = known.buffer_unordered(AT_A_TIME).collect().await;
        let (mut found, mut unknown) = (HashMap::new(), Vec::new());
        for (row, counted) in known {
            match counted {
                Some(counted) => drop(found.insert(row.id.clone(), counted)),
                None => unknown.push(row),
            }
        }
        if unknown.is_empty() {
            return Ok(found);
        }
        let session = match session(unit, "summary").await {
            Err(Error::Refused(_)) => return Ok(found),
            session => &session?,
        };
        let until = tokio::time::Instant::now() + unit.remaining().saturating_sub(RESERVE);
        let read = stream::iter(unknown).map(async |row| {
            let counted = async { count(&open(unit, row, session)?).await }.await;
            (row, counted)
        });
        let mut read = std::pin::pin!(read.buffer_unordered(AT_A_TIME));
        let mut fresh = Vec::new();
        while let Ok(Some((row, counted))) = tokio::time::timeout_at(until, read.next()).await {
            match counted {
                Ok(counted) => fresh.push((row, Arc::new(counted))),
                Err(error) => {
                    tracing::warn!(collection = row.id, %error, "a keyword report cannot be read");
                }
            }
        }
        self.keep(unit, &fresh).await?;
        found.extend(fresh.into_iter().map(|(row, counted)| (row.id.clone(), counted)));
        Ok(found)
    }

    /// Keeps what was read of reports for the next answers, and the totals with the collections.
    async fn keep(&self, unit: &UnitOfWork, read: &[(&Model, Arc<Counted>)]) -> Result<(), Error> {
        let mut totals = Vec::new();
        for (row, counted) in read {
            self.cache.put(unit.stores(), manager::report_key(row), counted).await;
            let (posts, reach) = (counted.summary.posts, counted.summary.reach);
            if (row.report_total_posts, row.report_total_reach) != (Some(posts), Some(reach)) {
                let path = row.report_path.clone().unwrap_or_default();
                totals.push((row.id.clone(), path, posts, reach));
            }
        }
        if totals.is_empty() {
            return Ok(());
        }
        collection::keep_totals(&unit.tenant().await?, totals).await
    }

    /// Profile codes of the profiles in these reports, in one statement per platform.
    async fn codes(
        &self,
        unit: &UnitOfWork,
        rows: &[Model],
        counted: &HashMap<String, Arc<Counted>>,
    ) -> Result<HashMap<String, String>, Error> {
        let mut codes = HashMap::new();
        for wanted in [Platform::Instagram, Platform::Youtube] {
            let of_platform = rows.iter().filter(|row| platform(row) == Some(wanted));
            let profiles =
                of_platform.filter_map(|row| counted.get(&row.id)).flat_map(|one| &one.profiles);
            let ids: Vec<String> = profiles.map(|profile| profile.account_id.clone()).collect();
            codes.extend(self.discovery.profile_codes(unit, wanted, &ids).await?);
        }
        Ok(codes)
    }
}

/// The collection that a filter names, with a report. Nothing is open afterwards: ClickHouse may take long.
async fn named(unit: &UnitOfWork, list: &ListIn) -> Result<(Model, Platform), Error> {
    let invalid = || Error::refused(Code::InvalidFilter, "invalid collection").at("collectionId");
    let id = list.filters.value("collectionId").filter(|id| !id.is_empty()).ok_or_else(invalid)?;
    let reading = unit.apart();
    let row = find(&reading, id).await?;
    reading.commit().await?;
    if manager::complete_report(&row).is_none() {
        return Err(Error::refused(Code::NotFound, "report not generated yet"));
    }
    let platform = platform(&row).ok_or_else(invalid)?;
    Ok((row, platform))
}

fn platform(row: &Model) -> Option<Platform> {
    Platform::parse(&row.platform)
}

/// ClickHouse, to read a part of a report.
async fn session(unit: &UnitOfWork, part: &'static str) -> Result<ClickHouseSession, Error> {
    unit.clickhouse().await.map_err(|error| unread(error, part))
}

/// The files of a collection's report.
fn open<'a>(
    unit: &UnitOfWork,
    row: &Model,
    session: &'a ClickHouseSession,
) -> Result<Report<'a>, Error> {
    let config = &unit.stores().config;
    let (bucket, posts, audience) = manager::complete_report(row).unwrap_or_default();
    let file = |path: &str| ReportFile::new(&config.storage, bucket, path);
    Ok(Report::new(session, (&file(posts)?, &file(audience)?), config.app.time_zone))
}

/// What every answer about a report shows.
async fn count(file: &Report<'_>) -> Result<Counted, Error> {
    let summary = file.summary().await.map_err(|error| unread(error, "summary"))?;
    let (posts, profiles) =
        tokio::join!(file.top_posts(Order::Reach, TOP), file.top_profiles(Order::Reach, TOP));
    let posts = posts.map_err(|error| unread(error, "posts"))?;
    let profiles = profiles.map_err(|error| unread(error, "profiles"))?;
    Ok(Counted { summary, posts, profiles })
}

async fn words(file: &Report<'_>, platform: Platform) -> Result<Vec<TokenRow>, Error> {
    match platform {
        Platform::Instagram => file.title_words(STOP_WORDS).await,
        Platform::Youtube => file.post_keywords(KEYWORDS).await,
    }
}

/// A part of a report that cannot be read. What the server cannot do at all stays what it is.
fn unread(error: Error, part: &'static str) -> Error {
    if matches!(error, Error::TimedOut | Error::Overloaded) {
        return error;
    }
    tracing::warn!(%error, part, "a keyword report cannot be read");
    Error::refused(Code::UpstreamUnavailable, format!("unable to fetch {part}"))
}
