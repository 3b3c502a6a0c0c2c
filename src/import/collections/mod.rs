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
use crate::core::error::Error;
use crate::core::stores::Stores;
use importer::CollectionImporter;
use row::{Account, Entry, Item, Layout, Post};

/// Rows that wait at most, over all collections.
const HELD: usize = 10_000;

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
    added: usize,
    summary: Summary,
}

impl<'a> Lists<'a> {
    fn new(importer: Option<&'a CollectionImporter>) -> Self {
        let summary = Summary::default();
        let (posts, accounts) = (Waiting(BTreeMap::new()), Waiting(BTreeMap::new()));
        Self { importer, posts, accounts, trackers: BTreeSet::new(), added: 0, summary }
    }

    async fn add_post(&mut self, name: &str, post: Post) -> Result<(), ImportError> {
        if let Some(posts) = self.posts.add(name, post) {
            self.store(name, posts).await?;
        }
        self.relieve().await
    }

    async fn add_account(&mut self, name: &str, account: Named) -> Result<(), ImportError> {
        if let Some(accounts) = self.accounts.add(name, account) {
            self.track(name, accounts).await?;
        }
        self.relieve().await
    }

    /// Lets rows go now and then: a file may be of any length, and have any number of collections.
    async fn relieve(&mut self) -> Result<(), ImportError> {
        self.added += 1;
        if self.added.is_multiple_of(HELD) { self.flush().await } else { Ok(()) }
    }

    async fn flush(&mut self) -> Result<(), ImportError> {
        for (name, posts) in self.posts.take() {
            self.store(&name, posts).await?;
        }
        for (name, accounts) in self.accounts.take() {
            self.track(&name, accounts).await?;
        }
        Ok(())
    }

    async fn store(&mut self, name: &str, posts: Vec<Post>) -> Result<(), ImportError> {
        let count = posts.len();
        if let Some(importer) = self.importer {
            importer.store(name, posts).await.map_err(refused(name))?;
        }
        (0..count).for_each(|_| self.summary.imported(None));
        self.summary.items += count as u64;
        Ok(())
    }

    async fn track(&mut self, name: &str, accounts: Vec<Named>) -> Result<(), ImportError> {
        let (accounts, rows): (Vec<_>, Vec<_>) = accounts.into_iter().unzip();
        let are_tracked = match self.importer {
            Some(importer) => importer.track(name, &accounts).await.map_err(refused(name))?,
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
        self.flush().await?;
        self.summary.collections = (self.posts.0.len() + self.trackers.len()) as u64;
        self.summary.problems.sort_by_key(|row| row.line);
        Ok(self.summary)
    }
}

/// The import ends since rows cannot go into the collection of this name.
fn refused(name: &str) -> impl FnOnce(Error) -> ImportError {
    move |source| ImportError::Collection { name: name.to_owned(), source }
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

    /// All that wait.
    fn take(&mut self) -> Vec<(String, Vec<T>)> {
        let waiting = self.0.iter_mut().filter(|(_, rows)| !rows.is_empty());
        waiting.map(|(name, rows)| (name.clone(), std::mem::take(rows))).collect()
    }
}
