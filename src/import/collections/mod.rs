//! A partner's own lists: `coffee import collections`.
//!
//! Rows go through the services of the modules, as an account of the partner would send them: plan, contract
//! and row-level security apply. A collection is found by its name; what it has already stays.

mod row;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use chrono::{NaiveDate, NaiveTime};
use chrono_tz::Tz;
use indicatif::ProgressBar;

use super::source::Source;
use super::{ImportError, Reading, Summary, progress_bar};
use crate::core::caller::Caller;
use crate::core::children::MOST;
use crate::core::job_batch::JobTracker;
use crate::core::stores::Stores;
use crate::core::unit_of_work::UnitOfWork;
use crate::modules::discovery::DiscoveryService;
use crate::modules::post_collection::{
    PostCollectionEditor, PostCollectionIn, PostCollectionService, PostItemIn,
};
use crate::modules::usage::UsageService;
use row::{Layout, Post};

/// Time for the rows of one transaction.
const LIMIT: Duration = Duration::from_secs(60);
/// Posts of a partner's own.
const SOURCE: &str = "SAAS";

/// Imports a list of collections of the caller's partner.
///
/// # Errors
/// A file that cannot be read; a store that fails; a plan or contract without room. What was written before
/// stays, and a second run goes on.
pub async fn collections(
    stores: Stores,
    caller: Caller,
    file: &Path,
    reading: Reading,
) -> Result<Summary, ImportError> {
    let importer = CollectionImporter::new(stores, caller);
    let (started, bar) = (Instant::now(), progress_bar());
    let sink = async |name: &str, posts: Vec<Post>| importer.put(name, posts).await;
    let mut summary = read(file, reading, &bar, sink).await?;
    bar.finish_and_clear();
    summary.finished(started.elapsed());
    Ok(summary)
}

/// Reads a list of collections without writing anything; no store is asked.
///
/// # Errors
/// A file that cannot be read.
pub async fn try_collections(file: &Path, reading: Reading) -> Result<Summary, ImportError> {
    let (started, bar) = (Instant::now(), progress_bar());
    let summary =
        read(file, reading, &bar, async |_: &str, posts: Vec<Post>| Ok(posts.len() as u64));
    Ok(summary.await?.dry(started.elapsed()))
}

/// Reads the rows, those of a collection at most 500 at a time to `sink`, which says how many are stored.
async fn read(
    file: &Path,
    reading: Reading,
    bar: &ProgressBar,
    mut sink: impl AsyncFnMut(&str, Vec<Post>) -> Result<u64, ImportError>,
) -> Result<Summary, ImportError> {
    let mut source = Source::open(file, reading.encoding, bar)?;
    let layout = Layout::of(&source)?;
    let mut summary = Summary::default();
    let mut waiting: BTreeMap<String, Vec<Post>> = BTreeMap::new();
    while let Some(row) = source.next()? {
        match row.and_then(|row| layout.parse(&row)) {
            Ok(entry) => {
                summary.imported(None);
                let posts = waiting.entry(entry.collection.clone()).or_default();
                posts.push(entry.post);
                if posts.len() == MOST {
                    summary.items += sink(&entry.collection, std::mem::take(posts)).await?;
                }
            }
            Err(problem) => summary.skipped(source.skipped(problem)),
        }
    }
    summary.collections = waiting.len() as u64;
    for (name, posts) in waiting.into_iter().filter(|(_, posts)| !posts.is_empty()) {
        summary.items += sink(&name, posts).await?;
    }
    Ok(summary)
}

/// Services of the modules, on the partner's behalf.
struct CollectionImporter {
    stores: Stores,
    caller: Arc<Caller>,
    posts: PostCollectionEditor,
    zone: Tz,
}

impl CollectionImporter {
    fn new(stores: Stores, caller: Caller) -> Self {
        let config = &stores.config;
        let tracker = Arc::new(JobTracker::new(&config.job_tracker));
        let discovery = Arc::new(DiscoveryService::new(config, UsageService::new(config)));
        let posts = PostCollectionEditor::new(UsageService::new(config), &discovery, &tracker);
        Self { zone: config.app.time_zone, stores, caller: Arc::new(caller), posts }
    }

    /// Puts posts into the collection of this name, which is made where there is none, in one transaction.
    async fn put(&self, name: &str, posts: Vec<Post>) -> Result<u64, ImportError> {
        let deadline = Instant::now() + LIMIT;
        let unit = UnitOfWork::new(self.stores.clone(), Arc::clone(&self.caller), deadline);
        let stored = posts.len() as u64;
        let there = PostCollectionService.named(&unit.tenant().await?.own(), name).await?;
        match there {
            Some(collection) => {
                let items = posts.into_iter().map(item).collect();
                self.posts.add(&unit, collection.id, items).await?;
            }
            None => drop(self.posts.store(&unit, self.new_collection(name, posts)).await?),
        }
        unit.commit().await?;
        Ok(stored)
    }

    fn new_collection(&self, name: &str, posts: Vec<Post>) -> PostCollectionIn {
        let start = posts.iter().find_map(|post| post.start);
        let end = posts.iter().find_map(|post| post.end);
        PostCollectionIn {
            name: Some(name.to_owned()),
            source: Some(SOURCE.to_owned()),
            budget: posts.iter().find_map(|post| post.budget),
            start_time: start.and_then(|day| self.begin_of(day)),
            end_time: end.and_then(|day| self.begin_of(day)),
            items: Some(posts.into_iter().map(item).collect()),
            ..PostCollectionIn::default()
        }
    }

    /// Seconds since 1970 at the begin of a day of the business time zone; a day that has none begins later.
    fn begin_of(&self, day: NaiveDate) -> Option<i64> {
        let begin = day.and_time(NaiveTime::MIN).and_local_timezone(self.zone).earliest();
        begin.map(|begin| begin.timestamp())
    }
}

fn item(post: Post) -> PostItemIn {
    PostItemIn {
        platform: Some(post.platform.name().to_owned()),
        short_code: Some(post.code),
        post_type: Some(post.kind.to_owned()),
        post_link: Some(post.link),
        ..PostItemIn::default()
    }
}
