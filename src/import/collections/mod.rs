//! A partner's own lists: `coffee import collections`.
//!
//! Posts go into post collections, accounts into trackers (`SAAS-AT`); one name may be one of each. Rows go
//! through the services of the modules, as an account of the partner would send them: plan, contract and
//! row-level security apply. A collection is found by its name; what it has already stays.

mod importer;
mod row;

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::Instant;

use indicatif::ProgressBar;

use super::source::{SkippedRow, Source};
use super::{ImportError, Reading, Summary, progress_bar};
use crate::core::caller::Caller;
use crate::core::children::MOST;
use crate::core::stores::Stores;
use importer::CollectionImporter;
use row::{Account, Entry, Item, Layout, Post};

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
    let mut summary = read(file, reading, &bar, Some(&importer)).await?;
    bar.finish_and_clear();
    summary.finished(started.elapsed());
    Ok(summary)
}

/// Reads a list of collections without writing anything; no store is asked, so every handle counts as known.
///
/// # Errors
/// A file that cannot be read.
pub async fn try_collections(file: &Path, reading: Reading) -> Result<Summary, ImportError> {
    let (started, bar) = (Instant::now(), progress_bar());
    Ok(read(file, reading, &bar, None).await?.dry(started.elapsed()))
}

async fn read(
    file: &Path,
    reading: Reading,
    bar: &ProgressBar,
    importer: Option<&CollectionImporter>,
) -> Result<Summary, ImportError> {
    let mut source = Source::open(file, reading.encoding, bar)?;
    let layout = Layout::of(&source)?;
    let mut lists = Lists::new(importer);
    while let Some(row) = source.next()? {
        match row.and_then(|row| layout.parse(&row)) {
            Ok(Entry { collection, item: Item::Post(post) }) => {
                lists.add_post(&collection, post).await?;
            }
            Ok(Entry { collection, item: Item::Account(account, unknown) }) => {
                lists.add_account(&collection, (account, source.skipped(unknown))).await?;
            }
            Err(problem) => lists.summary.skipped(source.skipped(problem)),
        }
    }
    lists.finish().await
}

/// An account, and what a report says of its row where nobody knows the account.
type Named = (Account, SkippedRow);

/// Rows on their way into collections, each at most 500 at a time.
struct Lists<'a> {
    importer: Option<&'a CollectionImporter>,
    posts: Waiting<Post>,
    accounts: Waiting<Named>,
    trackers: BTreeSet<String>,
    summary: Summary,
}

impl<'a> Lists<'a> {
    fn new(importer: Option<&'a CollectionImporter>) -> Self {
        let summary = Summary::default();
        let (posts, accounts) = (Waiting(BTreeMap::new()), Waiting(BTreeMap::new()));
        Self { importer, posts, accounts, trackers: BTreeSet::new(), summary }
    }

    async fn add_post(&mut self, name: &str, post: Post) -> Result<(), ImportError> {
        match self.posts.add(name, post) {
            Some(posts) => self.store(name, posts).await,
            None => Ok(()),
        }
    }

    async fn add_account(&mut self, name: &str, account: Named) -> Result<(), ImportError> {
        match self.accounts.add(name, account) {
            Some(accounts) => self.track(name, accounts).await,
            None => Ok(()),
        }
    }

    async fn store(&mut self, name: &str, posts: Vec<Post>) -> Result<(), ImportError> {
        let count = posts.len();
        if let Some(importer) = self.importer {
            importer.store(name, posts).await?;
        }
        (0..count).for_each(|_| self.summary.imported(None));
        self.summary.items += count as u64;
        Ok(())
    }

    async fn track(&mut self, name: &str, accounts: Vec<Named>) -> Result<(), ImportError> {
        let (accounts, rows): (Vec<_>, Vec<_>) = accounts.into_iter().unzip();
        let are_tracked = match self.importer {
            Some(importer) => importer.track(name, &accounts).await?,
            None => vec![true; accounts.len()],
        };
        for (is_tracked, row) in are_tracked.into_iter().zip(rows) {
            if is_tracked {
                self.summary.imported(None);
                self.summary.items += 1;
                self.trackers.insert(name.to_owned());
            } else {
                self.summary.skipped(row);
            }
        }
        Ok(())
    }

    async fn finish(mut self) -> Result<Summary, ImportError> {
        let (posts, accounts) =
            (std::mem::take(&mut self.posts.0), std::mem::take(&mut self.accounts.0));
        let collections = posts.len();
        for (name, posts) in posts.into_iter().filter(|(_, posts)| !posts.is_empty()) {
            self.store(&name, posts).await?;
        }
        for (name, accounts) in accounts.into_iter().filter(|(_, some)| !some.is_empty()) {
            self.track(&name, accounts).await?;
        }
        self.summary.collections = (collections + self.trackers.len()) as u64;
        self.summary.problems.sort_by_key(|row| row.line);
        Ok(self.summary)
    }
}

/// Rows that wait for the collection of their name.
struct Waiting<T>(BTreeMap<String, Vec<T>>);

impl<T> Waiting<T> {
    /// Those of a collection once there are as many as one call takes.
    fn add(&mut self, name: &str, row: T) -> Option<Vec<T>> {
        let rows = self.0.entry(name.to_owned()).or_default();
        rows.push(row);
        (rows.len() == MOST).then(|| std::mem::take(rows))
    }
}
