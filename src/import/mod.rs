//! Imports of public data sets, `coffee import youtube-trending` and `coffee import instagram`, and of a partner's
//! own collections, `coffee import collections`.
//!
//! - Files are CSV with a header, plain or zstd-compressed; the columns decide what a file is. All are
//!   opened before anything is written.
//! - Rows stream into the observed tables of ClickHouse, accounts in batches into PostgreSQL: memory
//!   does not grow with the files. Everything else is derived by
//!   `WarehouseService`.
//! - A row that makes no sense is skipped, counted and named, never fatal. A part that makes no sense is left
//!   out where the row is worth something without it.
//! - An import may run again, also after it broke off, and files may come in any order: it ends with
//!   the same rows. Of several observations of one thing on one day the highest numbers count.

mod accounts;
mod categories;
mod collections;
mod country;
mod dao;
mod entity;
mod instagram;
mod post_price;
mod reading;
mod source;
mod summary;
mod youtube;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Instant;

use chrono::NaiveDate;
use chrono_tz::Tz;
use indicatif::{ProgressBar, ProgressStyle};

pub use collections::{collections, try_collections};
pub use dao::generate;
pub use reading::{ListCountry, Reading};
pub use source::{SkippedRow, encoding};
pub use summary::Summary;

use crate::core::config::Config;
use crate::core::db::clickhouse::ClickHouse;
use crate::core::db::postgres::ConnectError;
use crate::core::error::Error;
use crate::core::types::Platform;
use crate::modules::warehouse::WarehouseService;
use dao::observations;
use dao::{Owner, Written};
use entity::{PostObservation, ProfileObservation};
use instagram::Profile;

/// Day on which the list of Instagram profiles was made (September 2022, the day is not known).
const INSTAGRAM_DAY: NaiveDate = match NaiveDate::from_ymd_opt(2022, 9, 30) {
    Some(day) => day,
    None => NaiveDate::MIN,
};
const INSTAGRAM_SOURCE: &str = "instagram-influencers";

/// Why an import broke off.
#[derive(Debug, thiserror::Error)]
pub enum ImportError {
    /// A file does not exist, may not be read, or is no zstd stream after all.
    #[error("cannot open {path}: {source}")]
    Open {
        /// The file as it was given.
        path: String,
        /// Why.
        source: std::io::Error,
    },
    /// A file of another kind.
    #[error("{path} is not a file of this import: its header lacks {missing} (it has {found})")]
    Header {
        /// The file as it was given.
        path: String,
        /// Columns that it should have.
        missing: String,
        /// Columns that it has.
        found: String,
    },
    /// A trending list that does not say whose it is.
    #[error(
        "cannot tell the country of the list {path}: give --country CODE (ISO 3166, for example IN), \
         or --country unknown"
    )]
    Country {
        /// The file as it was given.
        path: String,
    },
    /// A file broke off or is damaged below the level of rows.
    #[error("cannot read {path}: {source}")]
    Read {
        /// The file as it was given.
        path: String,
        /// Why.
        source: csv::Error,
    },
    /// PostgreSQL does not answer.
    #[error(transparent)]
    Postgres(#[from] ConnectError),
    /// No address of ClickHouse.
    #[error("an import needs ClickHouse: set COFFEE__CLICKHOUSE__URL")]
    NoClickHouse,
    /// ClickHouse does not answer.
    #[error(
        "cannot reach ClickHouse at {address}: {reason}\n\
         Start it (./dev up starts one), or set COFFEE__CLICKHOUSE__URL."
    )]
    ClickHouse {
        /// Configured address.
        address: String,
        /// Why.
        reason: String,
    },
    /// A collection could not be stored; plan and contract may have no room.
    #[error("collection {name:?}: {source}")]
    Collection {
        /// Its name.
        name: String,
        /// Why.
        source: Error,
    },
    /// A store refused a statement.
    #[error(transparent)]
    Store(#[from] Error),
}

/// Connections of one import, on the schema owner's behalf.
pub struct Importer {
    postgres: Owner,
    clickhouse: ClickHouse,
    zone: Tz,
    bar: ProgressBar,
}

impl Importer {
    /// Connects to both stores.
    ///
    /// # Errors
    /// One of them is not configured or does not answer.
    pub async fn connect(config: &Config) -> Result<Self, ImportError> {
        let postgres = Owner::connect(config).await?;
        let clickhouse = ClickHouse::new(config).ok_or(ImportError::NoClickHouse)?;
        clickhouse.ping().await.map_err(|error| ImportError::ClickHouse {
            address: config.clickhouse.url.clone(),
            reason: error.to_string(),
        })?;
        Ok(Self { postgres, clickhouse, zone: config.app.time_zone, bar: progress_bar() })
    }

    /// Imports trending lists of YouTube; `categories` names the categories of their videos.
    ///
    /// # Errors
    /// A file that cannot be read, or a store that fails. What was written before stays.
    pub async fn youtube_trending(
        &self,
        files: &[PathBuf],
        categories: &Path,
        reading: Reading,
    ) -> Result<Summary, ImportError> {
        let started = Instant::now();
        let mut inserter = observations::posts(self.clickhouse.client());
        let observed = async |video: &PostObservation<'_>| {
            inserter.write(video).await?;
            inserter.commit().await?;
            Ok(())
        };
        let mut summary = reading::videos(files, categories, reading, &self.bar, observed).await?;
        inserter.end().await?;
        if summary.imported == 0 {
            summary.finished(started.elapsed());
            return Ok(summary);
        }
        self.bar.set_message("accounts");
        let written = |accounts| summary.written(accounts);
        dao::write_channels(&self.postgres, self.clickhouse.client(), written).await?;
        self.finish(summary, started).await
    }

    /// Imports a list of Instagram profiles.
    ///
    /// # Errors
    /// As [`Importer::youtube_trending`].
    pub async fn instagram(&self, file: &Path, reading: Reading) -> Result<Summary, ImportError> {
        let started = Instant::now();
        let mut batch: BTreeMap<String, Profile> = BTreeMap::new();
        let mut written = Vec::new();
        let collected = async |profile: Profile| {
            match batch.get_mut(&profile.handle) {
                Some(earlier) => earlier.absorb(profile),
                None => drop(batch.insert(profile.handle.clone(), profile)),
            }
            if batch.len() == dao::BATCH {
                written.push(self.write_profiles(&std::mem::take(&mut batch)).await?);
            }
            Ok(())
        };
        let mut summary = reading::profiles(file, reading, &self.bar, collected).await?;
        if summary.imported == 0 {
            summary.finished(started.elapsed());
            return Ok(summary);
        }
        written.push(self.write_profiles(&batch).await?);
        written.into_iter().for_each(|accounts| summary.written(accounts));
        self.finish(summary, started).await
    }

    /// Accounts first: they tell under which id a profile is observed.
    async fn write_profiles(
        &self,
        batch: &BTreeMap<String, Profile>,
    ) -> Result<Written, ImportError> {
        let writing = dao::write_profiles(&self.postgres, batch, INSTAGRAM_DAY);
        let (written, ig_ids) = writing.await?;
        let mut inserter = observations::profiles(self.clickhouse.client());
        for (handle, ig_id) in &ig_ids {
            let Some(profile) = batch.get(handle) else { continue };
            let observation = ProfileObservation {
                platform: Platform::Instagram.name(),
                platform_id: ig_id,
                observed_on: INSTAGRAM_DAY,
                source: INSTAGRAM_SOURCE,
                followers: profile.followers,
                following: None,
                views: None,
                uploads: None,
                avg_engagement: profile.average_engagement.map(|count| count as f64),
            };
            inserter.write(&observation).await?;
        }
        inserter.end().await?;
        Ok(written)
    }

    /// Everything that follows from observations and accounts.
    async fn finish(&self, mut summary: Summary, started: Instant) -> Result<Summary, ImportError> {
        self.bar.set_message("hashtags and places");
        dao::write_hashtags(&self.postgres, self.clickhouse.client()).await?;
        let tx = self.postgres.begin().await?;
        let db = self.postgres.db(&tx);
        dao::refresh_locations(&db).await?;
        tx.commit().await.map_err(Error::from)?;
        self.bar.set_message("time series, leaderboards, genres, trending content");
        WarehouseService.rebuild(self.postgres.stores(), self.zone).await?;
        self.bar.finish_and_clear();
        summary.finished(started.elapsed());
        Ok(summary)
    }
}

/// Reads trending lists without writing anything; no store is asked.
///
/// # Errors
/// A file that cannot be read.
pub async fn try_youtube_trending(
    files: &[PathBuf],
    categories: &Path,
    reading: Reading,
) -> Result<Summary, ImportError> {
    let (started, bar) = (Instant::now(), progress_bar());
    let read = reading::videos(files, categories, reading, &bar, async |_| Ok(())).await?;
    Ok(read.dry(started.elapsed()))
}

/// Reads a list of Instagram profiles without writing anything; no store is asked.
///
/// # Errors
/// A file that cannot be read.
pub async fn try_instagram(file: &Path, reading: Reading) -> Result<Summary, ImportError> {
    let (started, bar) = (Instant::now(), progress_bar());
    let read = reading::profiles(file, reading, &bar, async |_| Ok(())).await?;
    Ok(read.dry(started.elapsed()))
}

/// Shows itself on a terminal only.
fn progress_bar() -> ProgressBar {
    let bar = ProgressBar::new(0);
    let style = ProgressStyle::with_template("{bar:32} {bytes}/{total_bytes} {elapsed} {msg}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    bar
}
